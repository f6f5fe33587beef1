#!/usr/bin/env bash
# Installs the Debian packages that the tests need and that are missing: those named in the files
# given, one a line. Starts none of the services in them.
# Exit codes: 0 all there, 3 cannot install on this machine, anything else a failed installation.
set -euo pipefail

mapfile -t wanted < <(sed 's/#.*//' "$@" | tr -s ' \t' '\n' | sed '/^$/d' | sort -u)

missing() {
  local package
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

if ! command -v apt-get >/dev/null; then
  echo "Cannot install Debian packages: this machine has no apt-get. Needed: ${wanted[*]}" >&2
  exit 3
fi

mapfile -t todo < <(missing)
if [ ${#todo[@]} -eq 0 ]; then
  echo "All ${#wanted[@]} Debian packages are installed"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Cannot install Debian packages without being root. Run: sudo apt-get install ${todo[*]}" >&2
  exit 3
fi

# Packages ask this file whether they may start their service; 101 means no. One that is there already stays.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
options=(-q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o Dpkg::Use-Pty=0)
install() {
  apt-get "${options[@]}" update && apt-get "${options[@]}" install --no-install-recommends "${todo[@]}"
}

echo "Installing ${#todo[@]} Debian packages: ${todo[*]}"
log=$(mktemp)
for attempt in 1 2; do
  if install >"$log" 2>&1; then break; fi
  echo "Attempt $attempt to install failed:" >&2
  tail -n 20 "$log" >&2
done
rm -f "$log"

mapfile -t todo < <(missing)
if [ ${#todo[@]} -gt 0 ]; then
  echo "Cannot install: ${todo[*]}" >&2
  exit 1
fi
echo "Installed"
