# shellcheck shell=bash
# Finds Swift. Sourced, after say.sh.

# require_swift: Swift 6.3 or later on PATH, or a sentence that says where to get it.
require_swift() {
  command -v swift >/dev/null 2>&1 ||
    fail "no 'swift' on PATH: install the Swift 6.3 toolchain for Debian 12 from https://www.swift.org/install/linux/"
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
  case "$version" in
    6.[3-9] | 6.[1-9][0-9] | [7-9].* | [1-9][0-9].*) note "Swift $version" ;;
    *) fail "Swift 6.3 or later is needed; 'swift --version' says '${version:-nothing}'" ;;
  esac
}
