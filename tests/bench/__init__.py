"""What there is to measure; `make bench`."""
