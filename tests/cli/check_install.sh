#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check_install.sh CMAKE BUILD: an installation has each file where Debian and systemd look for it, the
# unit starts the program that was installed, and the sample plan plans.
set -euo pipefail
cmake=$1
build=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail()
{
    echo "check_install: $*" >&2
    exit 1
}

DESTDIR=$root "$cmake" --install "$build" --prefix /usr >"$root/log" || fail "$(tail -n 5 "$root/log")"
cd "$root/usr"
for file in bin/virt-plan bin/virt-plan-collect lib/systemd/system/virt-plan.service \
    lib/systemd/system/virt-plan.timer lib/sysusers.d/virt-plan.conf lib/tmpfiles.d/virt-plan.conf \
    share/bash-completion/completions/virt-plan share/zsh/vendor-completions/_virt-plan \
    share/fish/vendor_completions.d/virt-plan.fish share/virt-plan/plan.schema.json \
    share/doc/virt-plan/examples/plan.yaml share/doc/virt-plan/examples/site.yaml; do
    [ -f "$file" ] || fail "/usr/$file is not there"
done
grep -qx "ExecStart=/usr/bin/virt-plan run -c /etc/virt-plan/plan.yaml" lib/systemd/system/virt-plan.service ||
    fail "the unit says $(grep ExecStart lib/systemd/system/virt-plan.service)"
other=$(cd "$root" && find . -type f ! -path './usr/*' ! -path ./log)
[ -z "$other" ] || fail "outside of /usr: $other"

# Every command that has a page in the build has it installed.
for page in "$build"/docs/*.1.gz; do
    [ -e "$page" ] || { echo "no manual pages were built"; break; }
    [ -f "share/man/man1/$(basename "$page")" ] || fail "$(basename "$page") is not installed"
done

# The sample as it stands, but for where the site's folder is.
mkdir -p "$root/site/hosts/node1"
sed "s|/var/lib/virt-plan|$root/site|" share/doc/virt-plan/examples/site.yaml >"$root/plan.yaml"
cat >"$root/site/hosts/node1/capabilities.xml" <<'EOF'
<capabilities><host><cpu><arch>x86_64</arch><model>Haswell</model><vendor>Intel</vendor></cpu></host></capabilities>
EOF
bin/virt-plan run -q -c "$root/plan.yaml" >/dev/null || fail "the sample plan does not plan"
[ -f "$root/site/report/report.html" ] || fail "the sample plan leaves no report"
echo "all well"
