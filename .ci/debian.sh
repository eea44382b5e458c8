#!/usr/bin/env bash
# Installs the Debian packages that some tests use: a Python gRPC client and a browser. Does nothing where they are all
# present, and only says so where they cannot be installed (no apt-get, not root): the tests then skip themselves.
set -uo pipefail

packages=(python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc libprotobuf-dev chromium fonts-liberation)

missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0

if ! command -v apt-get >/dev/null || [[ "$(id -u)" -ne 0 ]]; then
  echo "not installed, since that takes root and apt-get: ${missing[*]}" >&2
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
