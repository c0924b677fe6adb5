#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# check_shell.sh PROGRAM SOURCE FAKE: the parts in shell do what they say. The collector with a virsh and an
# ssh of our own: what it leaves is what ingest reads, and a host that is down costs the others
# nothing. bash's completion, asked as bash asks it.
set -euo pipefail
program=$1
source=$2
fake=$3
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
what= guest=
for word in "\$@"; do
    case \$word in
    capabilities | domcapabilities | list | dumpxml | dominfo | version) what=\$word ;;
    gone | broken) guest=\$word ;;
    esac
done
case \$what\$guest in
capabilities) exec cat "$source/examples/2010/server/capabilities.xml" ;;
list) [ ! -e "$folder/no-list" ] && printf '%s\n' 0b3a5f0e-7d1c-4b52-9d6f-2a6f1d0a2010 gone broken; exit ;;
dumpxml) exec cat "$source/examples/2010/server/storage.xml" ;;
dominfobroken) exit 0 ;;
version) [ ! -e "$folder/no-version" ] && echo "Running against daemon: 9.1.0" && exit ;;
esac
echo "error: no \$what\$guest" >&2
exit 1
EOF
cat >"$folder/bin/fake-ssh" <<'EOF'
#!/bin/sh
case $1 in
admin@down) exit 255 ;;
hangs) exec sleep 100 ;;
endless) exec cat /dev/zero ;;
liar)
    cd "$(mktemp -d -p "$SCRATCH")" && mkdir liar node1 && echo >liar/a && echo >node1/capabilities.xml
    exec tar -czf - liar node1
    ;;
cut) head -c 100 /dev/zero | gzip | head -c 20; exit 0 ;;
esac
shift
exec "$@"
EOF
chmod +x "$folder"/bin/virsh "$folder"/bin/fake-ssh
export PATH="$folder/bin:$PATH" VIRT_PLAN_SSH=fake-ssh SCRATCH=$folder

collect()
{
    status=0
    "$source/contrib/collect/virt-plan-collect" "$folder/hosts of mine" "$@" 2>"$folder/errors" || status=$?
}

collect node1 admin@node2 admin@down ../escape -oProxyCommand=x cut
[ "$status" -eq 1 ] || fail "the collector ends with $status, not 1, when a host is down"
[ "$(ls -A "$folder/hosts of mine")" = "$(printf 'node1.tar.gz\nnode2.tar.gz')" ] ||
    fail "collected: $(ls -A "$folder/hosts of mine")"
for line in "down: no answer" "cut: no answer" "'../escape' is not a host's name" "'-oProxyCommand=x' is not" \
    "node1: no domain capabilities: error: no domcap" "node1: guest broken: error"; do
    grep -q -- "$line" "$folder/errors" || fail "it does not say '$line', but: $(cat "$folder/errors")"
done
! grep -q "guest gone" "$folder/errors" || fail "it complains of a guest that went away"

# What cannot be read whole is no archive, and the one of last time stays.
before=$(cksum <"$folder/hosts of mine/node1.tar.gz")
touch "$folder/no-list"
collect node1
[ "$status" -eq 1 ] || fail "a host whose guests cannot be listed is taken for one without guests"
VIRT_PLAN_COLLECT_TIMEOUT=1 collect hangs
[ "$status" -eq 1 ] || fail "the collector waits for a host that hangs"
VIRT_PLAN_COLLECT_MAX=1 collect endless
[ "$status" -eq 1 ] || fail "the collector keeps whatever a host sends"
collect liar
[ "$status" -eq 1 ] || fail "a host may tell of another one"
[ "$(ls -A "$folder/hosts of mine")" = "$(printf 'node1.tar.gz\nnode2.tar.gz')" ] ||
    fail "left over: $(ls -A "$folder/hosts of mine")"
[ "$before" = "$(cksum <"$folder/hosts of mine/node1.tar.gz")" ] || fail "the archive of last time is lost"
rm "$folder/no-list"
"$source/contrib/collect/virt-plan-collect" --help 2>/dev/null | grep -q FOLDER ||
    fail "the collector's help is no answer"
status=0
"$source/contrib/collect/virt-plan-collect" "$folder/own" 2>/dev/null || status=$?
if [ "$status" -ne 0 ] || [ ! -f "$folder/own/$(uname -n).tar.gz" ]; then
    fail "it cannot collect its own machine"
fi

virt-plan ingest -q -d "$folder/i.db" "$folder/hosts of mine" || fail "ingest does not like what was collected"
virt-plan hosts -d "$folder/i.db" --format csv | cut -d, -f1 | tail -n +2 | tr '\n' ' ' >"$folder/names"
[ "$(cat "$folder/names")" = "node1 node2 " ] || fail "ingest found the hosts: $(cat "$folder/names")"
virt-plan hosts -d "$folder/i.db" --format csv | cut -d, -f13,14 | sort -u >"$folder/versions"
[ "$(cat "$folder/versions")" = "9.1.0,$(uname -r)
libvirt,kernel" ] || fail "the versions of hosts: $(cat "$folder/versions")"

# A host whose libvirt does not tell its version, or which tells none at all, is collected without.
touch "$folder/no-version"
collect node1
[ "$status" -eq 0 ] || fail "a host is left out because it does not tell versions"
tar -xzOf "$folder/hosts of mine/node1.tar.gz" node1/versions.txt | grep -q "^Linux " ||
    fail "the kernel is not told where libvirt tells nothing"
printf '#!/bin/sh\nexit 1\n' >"$folder/bin/uname"
chmod +x "$folder/bin/uname"
collect node1
[ "$status" -eq 0 ] || fail "a host is left out because it tells no versions"
! tar -tzf "$folder/hosts of mine/node1.tar.gz" | grep -q versions.txt ||
    fail "a host without versions has a file of them"
rm "$folder/no-version" "$folder/bin/uname"

# collect, from hosts that refuse a right or never answer.
if [ -e "$fake/libvirt.so.0" ]; then
    cat >"$folder/collect.yaml" <<EOF
inventory: $folder/live.db
output: $folder/out
collect_timeout: 3
collect:
  - {name: open, uri: "fake://open"}
  - {name: reader, uri: "fake://reader"}
  - {name: denied, uri: "fake://denied"}
  - {name: xen, uri: "fake://xen"}
  - {name: mute, uri: "fake://mute"}
  - {name: hung, uri: "fake://hung"}
pools: [{name: all, hosts: ["*"], strategy: pool}]
EOF
    status=0
    LD_LIBRARY_PATH=$fake virt-plan collect -c "$folder/collect.yaml" 2>"$folder/errors" >/dev/null || status=$?
    [ "$status" -eq 1 ] || fail "collect ends with $status: $(cat "$folder/errors")"
    for host in reader denied; do
        [ "$(grep -c "^virt-plan: fake://$host:domcapabilities: without domain capabilities.*-r" "$folder/errors")" -eq 1 ] ||
            fail "collect does not say once what it lacks of $host: $(cat "$folder/errors")"
    done
    grep -q "^virt-plan: fake://hung: the host has not answered within 3 s" "$folder/errors" ||
        fail "collect does not give up on a host that hangs: $(cat "$folder/errors")"
    virt-plan hosts -c "$folder/collect.yaml" --format csv | cut -d, -f1,5,12 | tail -n +2 | sort |
        tr '\n' ' ' >"$folder/names"
    [ "$(cat "$folder/names")" = "denied,Haswell, mute,Haswell,Haswell open,Haswell,Haswell reader,Haswell, xen,Haswell,Haswell " ] ||
        fail "collected: $(cat "$folder/names")"
    virt-plan hosts -c "$folder/collect.yaml" --format csv | cut -d, -f1,9,13,14 | tail -n +2 | sort |
        tr '\n' ' ' >"$folder/versions"
    [ "$(cat "$folder/versions")" = "denied,8.2.1,9.10.2, mute,9.0,, open,8.2.1,9.10.2, reader,8.2.1,9.10.2, xen,9.0,9.10.2, " ] ||
        fail "collected versions: $(cat "$folder/versions")"
fi

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
        complete -C 'virt-plan hosts --format=j'; complete -C 'virt-plan run -c $source/exampl'" | cut -f1 | tr '\n' ' ')
    [ "$offered" = "quarantine node1 node2 --format=json $source/examples/ " ] || fail "fish offers: $offered"
else
    echo "not checked: fish is not installed"
fi

for script in "$source"/scripts/install-deps "$source"/scripts/quickstart "$source"/scripts/test \
    "$source"/contrib/collect/virt-plan-collect "$source"/packaging/debian/p*; do
    sh -n "$script" || fail "$script does not parse"
done
echo "all well"
