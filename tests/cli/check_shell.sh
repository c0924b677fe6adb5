#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check_shell.sh PROGRAM SOURCE: the parts in shell do what they say. The collector with a virsh and an
# ssh of our own: what it leaves is what ingest reads, and a host that is down costs the others
# nothing. bash's completion, asked as bash asks it.
set -euo pipefail
program=$1
source=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail()
{
    echo "check_shell: $*" >&2
    exit 1
}

mkdir "$folder/bin"
ln -s "$program" "$folder/bin/virt-plan"
cat >"$folder/bin/virsh" <<EOF
#!/bin/sh
for word in "\$@"; do
    case \$word in
    capabilities) exec cat "$source/examples/2010/server/capabilities.xml" ;;
    domcapabilities) exit 1 ;;
    list) echo 0b3a5f0e-7d1c-4b52-9d6f-2a6f1d0a2010; exit ;;
    dumpxml) exec cat "$source/examples/2010/server/storage.xml" ;;
    esac
done
EOF
cat >"$folder/bin/fake-ssh" <<'EOF'
#!/bin/sh
[ "$1" != admin@down ] || exit 255
shift
exec "$@"
EOF
chmod +x "$folder"/bin/virsh "$folder"/bin/fake-ssh
export PATH="$folder/bin:$PATH" VIRT_PLAN_SSH=fake-ssh

status=0
"$source/contrib/collect/virt-plan-collect" "$folder/hosts" node1 admin@node2 admin@down ../escape \
    2>"$folder/errors" || status=$?
[ "$status" -eq 1 ] || fail "the collector ends with $status, not 1, when a host is down"
[ "$(ls "$folder/hosts")" = "$(printf 'node1.tar.gz\nnode2.tar.gz')" ] || fail "collected: $(ls -A "$folder/hosts")"
grep -q "down: no answer" "$folder/errors" || fail "it does not say which host is down"
grep -q "'../escape' is not a host's name" "$folder/errors" || fail "it takes a path for a host"

virt-plan ingest -q -d "$folder/i.db" "$folder/hosts" || fail "ingest does not like what was collected"
virt-plan hosts -d "$folder/i.db" --format csv | cut -d, -f1 | tail -n +2 | tr '\n' ' ' >"$folder/names"
[ "$(cat "$folder/names")" = "node1 node2 " ] || fail "ingest found the hosts: $(cat "$folder/names")"

# shellcheck source=/dev/null
. "$source/completions/virt-plan.bash"
offers()
{
    COMP_WORDS=("$@")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMPREPLY=()
    _virt_plan
    echo "${COMPREPLY[*]}"
}
[ "$(offers virt-plan quar)" = quarantine ] || fail "bash completes 'quar' to: $(offers virt-plan quar)"
[ "$(offers virt-plan history -d "$folder/i.db" n)" = "node1 node2" ] ||
    fail "bash completes hosts to: $(offers virt-plan history -d "$folder/i.db" n)"
[ "$(offers virt-plan hosts --format = j)" = json ] ||
    fail "bash completes '--format=j' to: $(offers virt-plan hosts --format = j)"

# zsh and fish, where they are: the file is sound, and fish says what it would offer.
if command -v zsh >/dev/null; then
    zsh -n "$source/completions/_virt-plan" || fail "zsh does not take its completion"
else
    echo "not checked: zsh is not installed"
fi
if command -v fish >/dev/null; then
    offered=$(HOME=$folder fish --no-config -c ". $source/completions/virt-plan.fish
        complete -C 'virt-plan quar'; complete -C 'virt-plan history -d $folder/i.db n'
        complete -C 'virt-plan hosts --format=j'; complete -C 'virt-plan run -c /exampl'" | cut -f1 | tr '\n' ' ')
    [ "$offered" = "quarantine node1 node2 --format=json $source/examples/ " ] || fail "fish offers: $offered"
else
    echo "not checked: fish is not installed"
fi

for script in "$source"/scripts/install-deps "$source"/scripts/quickstart "$source"/scripts/test \
    "$source"/contrib/collect/virt-plan-collect "$source"/packaging/debian/p*; do
    sh -n "$script" || fail "$script does not parse"
done
echo "all well"
