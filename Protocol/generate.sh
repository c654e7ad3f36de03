#!/bin/sh
# Makes Sources/Wire/Generated anew from the .proto files. Needs protoc (Debian: protobuf-compiler) and
# protoc-gen-swift of the swift-protobuf release in Package.swift (in its checkout: swift build -c release
# --product protoc-gen-swift) on the PATH. The result is committed, so builds need neither.
set -eu
cd "$(dirname "$0")"
out=../Sources/Wire/Generated
rm -rf "$out" && mkdir -p "$out"
protoc -I. --swift_opt=Visibility=Public --swift_opt=FileNaming=DropPath --swift_out="$out" grove/v1/*.proto
