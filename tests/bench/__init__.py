"""What there is to measure; `make bench`.

A topic is a module of this folder with a function `measure(deployment) -> dict[str, Row]`; `run` finds it by itself.
"""
