#!/bin/sh
# Trust each certificate authority of the PEM file $1 that the system does not trust yet.
#
# One file each, where update-ca-certificates looks: a later update of ca-certificates keeps them, and tools that
# read the folder instead of the bundle find them too.
set -eu
bundle=/etc/ssl/certs/ca-certificates.crt
folder=/usr/local/share/ca-certificates/werkbank

if ! command -v update-ca-certificates >/dev/null; then
    mkdir -p "${bundle%/*}"
    cat "$1" >>"$bundle"
    exit 0
fi
mkdir -p "$folder"
touch "$bundle"
awk -v folder="$folder" '
    /-----BEGIN CERTIFICATE-----/ { inside = 1; body = ""; text = "" }
    inside { text = text $0 "\n" }
    inside && !/-----/ { gsub(/[ \r]/, ""); body = body $0 }
    /-----END CERTIFICATE-----/ {
        inside = 0
        if (FNR == NR) known[body]
        else if (!(body in known)) {
            known[body]
            file = sprintf("%s/site-%03d.crt", folder, ++count)
            printf "%s", text > file
            close(file)
        }
    }
' "$bundle" "$1"
update-ca-certificates
