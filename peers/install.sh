#!/usr/bin/env bash
# Installs the pinned peers into peers/.installed (git-ignored): a Python environment, ONNX Runtime for Node,
# JPMML-Evaluator with our runner. A second run with the same pins does nothing.
set -euo pipefail
cd "$(dirname "$0")"
target="$PWD/.installed"
stamp="$target/stamp"
pins="$(cat install.sh requirements.txt requirements-late.txt requirements-onnx.txt ../scripts/onnx-node-tests.py package.json package-lock.json jpmml/pom.xml jpmml/samescore/*.java | sha256sum | cut -d' ' -f1)"

complete() {
  for part in venv/bin/python onnx/bin/python onnx-tests node/node_modules jpmml/classes jpmml/lib; do
    [ -e "$target/$part" ] || return 1
  done
}

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$pins" ] && complete; then
  echo "peers: already installed"
  exit 0
fi

missing=()
command -v javac >/dev/null || missing+=(default-jdk-headless)
command -v mvn >/dev/null || missing+=(maven)
command -v chromium >/dev/null || missing+=(chromium)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
if ldconfig -p 2>/dev/null | grep -q 'libgomp\.so\.1'; then :; else missing+=(libgomp1); fi
if [ "${#missing[@]}" -gt 0 ]; then
  echo "peers: apt-get install ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
python3 -c 'import sys; sys.exit(0 if (3, 10) <= sys.version_info[:2] <= (3, 12) else "peers: Python 3.10 to 3.12 is needed (titus2, avro-python3), found " + sys.version)'

mkdir -p "$target"
rm -f "$stamp"

echo "peers: Python packages"
[ -x "$target/venv/bin/python" ] || python3 -m venv "$target/venv"
pip=("$target/venv/bin/python" -m pip --disable-pip-version-check --quiet)
"${pip[@]}" install -r requirements.txt
"${pip[@]}" install --no-deps --no-build-isolation -r requirements-late.txt

echo "peers: the newest ONNX with its own tests"
[ -x "$target/onnx/bin/python" ] || python3 -m venv "$target/onnx"
"$target/onnx/bin/python" -m pip --disable-pip-version-check --quiet install -r requirements-onnx.txt
rm -rf "$target/onnx-tests"
"$target/onnx/bin/python" ../scripts/onnx-node-tests.py "$target/onnx-tests"
cp -R "$("$target/onnx/bin/python" -c 'import os, onnx; print(os.path.dirname(onnx.__file__))')/backend/test/data/." "$target/onnx-tests/"

echo "peers: ONNX Runtime for Node, and the driver of a browser"
mkdir -p "$target/node"
cp package.json package-lock.json .npmrc "$target/node/"
(cd "$target/node" && npm ci --no-audit --no-fund --loglevel=error)

echo "peers: JPMML-Evaluator"
rm -rf "$target/jpmml"
mvn -q -B -f jpmml/pom.xml org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$target/jpmml/lib"
javac --release 11 -d "$target/jpmml/classes" -cp "$target/jpmml/lib/*" jpmml/samescore/Run.java

echo "$pins" >"$stamp"
echo "peers: installed"
