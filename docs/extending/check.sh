#!/usr/bin/env bash
# Applies, compiles and takes back each patch of this folder, and compares what it touches with the count that ARCHITECTURE.md quotes.
set -euo pipefail
cd "$(dirname "$0")/../.."
patches=(docs/extending/*.patch)
applied=""
take_back() { [ -z "$applied" ] || git apply -R "$applied"; }
trap take_back EXIT
for patch in "${patches[@]}"; do
    name=$(basename "$patch" .patch)
    count=$(git apply --numstat "$patch" | awk '{ files += 1; added += $1; removed += $2 } END { printf "%d files, %d lines added, %d removed", files, added, removed }')
    echo "== $name: $count"
    git apply --stat "$patch"
    grep -qF "\`$name.patch\` | $count |" ARCHITECTURE.md || { echo "ARCHITECTURE.md quotes another count for $name.patch"; exit 1; }
    git apply "$patch"
    applied=$patch
    cargo fmt --all --check
    cargo check --quiet
    git apply -R "$patch"
    applied=""
done
