#!/usr/bin/env bash
# Builds the playground, and holds what WebAssembly makes of it against what the same programs make natively; then uses the page in a headless
# Chromium, where one can be had, else says that it is skipped. Screenshots: target/playground/screenshots.
#
#   examples/playground/check.sh              with the package's tests, in a debug build
#   examples/playground/check.sh PROGRAM      against a native program that is built already: target/release/playground
set -euo pipefail
program=${1:+$(realpath "$1")}
cd "$(dirname "$0")/../.."
target=${CARGO_TARGET_DIR:-target}
here=examples/playground

built=$($here/build)
echo "$built"
if [[ $built == skipped* ]]; then exit 0; fi
if ! command -v node > /dev/null; then echo "skipped: node cannot be had here"; exit 0; fi

if [ -n "$program" ]; then
    "$program" > "$target/playground/native.txt"
else
    cargo test --quiet -p playground
    cargo run --quiet -p playground > "$target/playground/native.txt"
fi
node $here/same.mjs "$target/wasm32-unknown-unknown/page/playground.wasm" > "$target/playground/wasm.txt"
diff "$target/playground/native.txt" "$target/playground/wasm.txt"
cat "$target/playground/wasm.txt"
rm "$target/playground/native.txt" "$target/playground/wasm.txt"

for chromium in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$chromium" ] && command -v "$chromium" > /dev/null; then
        node $here/browser.mjs "$target/playground/index.html" "$target/playground/screenshots" "$chromium"
        exit 0
    fi
done
echo "skipped: Chromium cannot be had here"
