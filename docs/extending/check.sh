#!/usr/bin/env bash
# Applies and compiles each patch of this folder on a copy of what is here, and compares what it touches with the count that ARCHITECTURE.md quotes.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Packages that are registered are not checked anew; those of the copy are others than those here, which stay as they were built.
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --preserve=timestamps --target-directory="$copy"
cd "$copy"
for patch in docs/extending/*.patch; do
    name=$(basename "$patch" .patch)
    count=$(git apply --numstat "$patch" | awk '{ files += 1; added += $1; removed += $2 } END { printf "%d files, %d lines added, %d removed", files, added, removed }')
    echo "== $name: $count"
    git apply --stat "$patch"
    grep -qF "\`$name.patch\` | $count |" ARCHITECTURE.md || { echo "ARCHITECTURE.md quotes another count for $name.patch"; exit 1; }
    git apply "$patch"
    cargo fmt --all --check
    cargo check --quiet
    git apply -R "$patch"
done
