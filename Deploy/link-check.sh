#!/bin/sh
# The house's rule that each program links only what it is for: the client no BLAS, PNG or SQLite; the broker no BLAS or PNG.
set -eu
bin=$1

refuse() { # program, libraries
    program=$1
    shift
    for library in "$@"; do
        if ldd "$bin/$program" | grep -q "$library"; then
            echo "$program links $library, which it must not: see the import table in README.md" >&2
            exit 1
        fi
    done
}

refuse grove openblas libpng libsqlite3
refuse grove-broker openblas libpng
echo "link check: grove links no BLAS, PNG or SQLite; grove-broker no BLAS or PNG"
