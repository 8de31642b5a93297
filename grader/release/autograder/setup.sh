#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the container.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
home="${GRADER_HOME:-/opt/grader}"   # not below /root: a student's process may not read there
mkdir -p "$home"

apt-get update -qq || true
apt-get install -y -qq bubblewrap util-linux || true   # else there is less around a student's code

if python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  python3 -m venv "$home/venv"
else
  export UV_PYTHON_INSTALL_DIR="$home/python"
  python3 -m pip --version >/dev/null 2>&1 || apt-get install -y -qq python3-pip
  python3 -m pip install --quiet uv
  python3 -m uv venv --quiet --seed --python 3.12 "$home/venv"
fi
"$home/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
"$home/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps "$here/package"
chmod -R a+rX "$home"
chmod -R go-rwx "$here"   # the reference, the questions and the secret are root's
