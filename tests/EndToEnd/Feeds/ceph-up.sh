#!/usr/bin/env bash
# ceph-up.sh FOLDER PORT: a private Ceph with one of each daemon and an S3 gateway on 127.0.0.1:PORT; access key AKTEST, secret SKTEST, bucket none.
# Everything is in FOLDER and in memory. It ends when its standard input does.
set -euo pipefail
D=$1 PORT=$2
mkdir -p "$D"/{mon,mgr,osd,run,log,rgw}
# The monitor's two ports: below those that systems give away (PORT is one of these), so never PORT itself.
base=$((PORT % 10000 * 2 + 10000))
cat > "$D/ceph.conf" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = [v2:127.0.0.1:$base,v1:127.0.0.1:$((base + 1))]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
mon data avail warn = 2
osd crush chooseleaf type = 0
run dir = $D/run
admin socket = $D/run/\$name.asok
log file = $D/log/\$name.log
pid file = $D/run/\$name.pid
crash dir = $D/log
mon data = $D/mon
mgr data = $D/mgr
osd data = $D/osd
rgw data = $D/rgw
keyring = $D/keyring
osd objectstore = memstore
memstore device bytes = 1073741824
mgr initial modules =
[client.rgw.a]
rgw frontends = beast endpoint=127.0.0.1:$PORT
rgw thread pool size = 32
CONF
c=(-c "$D/ceph.conf")
fsid=$(sed -n 's/^fsid = //p' "$D/ceph.conf")
ceph-authtool --create-keyring "$D/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
ceph-authtool "$D/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
ceph-authtool "$D/keyring" --gen-key -n mgr.x --cap mon 'allow profile mgr' --cap osd 'allow *' --cap mds 'allow *' >/dev/null
ceph-authtool "$D/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd 'allow *' >/dev/null
ceph-authtool "$D/keyring" --gen-key -n client.rgw.a --cap mon 'allow rw' --cap osd 'allow rwx' --cap mgr 'allow rw' >/dev/null
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$base,v1:127.0.0.1:$((base + 1))]" "$D/monmap" >/dev/null
ceph-mon "${c[@]}" --mkfs -i a --monmap "$D/monmap" --keyring "$D/keyring"
trap 'for f in "$D"/run/*.pid; do kill "$(cat "$f")" 2>/dev/null || true; done; sleep 1; for f in "$D"/run/*.pid; do kill -9 "$(cat "$f")" 2>/dev/null || true; done' EXIT
ceph-mon "${c[@]}" -i a
# Nothing is waited for endlessly.
pause() { [ $SECONDS -lt 180 ] || { echo "no answer within 180 s of: $1" >&2; exit 1; }; sleep 0.3; }
until timeout 5 ceph "${c[@]}" -s >/dev/null 2>&1; do pause ceph-mon; done
ceph-mgr "${c[@]}" -i x
osd=$(cat /proc/sys/kernel/random/uuid)
ceph "${c[@]}" auth import -i "$D/keyring" >/dev/null 2>&1
ceph "${c[@]}" osd new "$osd" >/dev/null
ceph-osd "${c[@]}" -i 0 --mkfs --osd-uuid "$osd" >/dev/null 2>&1
ceph-osd "${c[@]}" -i 0 >/dev/null 2>&1
until ceph "${c[@]}" osd stat 2>/dev/null | grep -q '1 up'; do pause ceph-osd; done
radosgw "${c[@]}" -n client.rgw.a
until curl -sf "http://127.0.0.1:$PORT/" >/dev/null; do
  if grep -q ERROR "$D/log/client.rgw.a.log"; then tail -n 2 "$D/log/client.rgw.a.log" >&2; exit 1; fi
  pause radosgw
done
radosgw-admin "${c[@]}" user create --uid=test --display-name=test --access-key=AKTEST --secret=SKTEST >/dev/null
echo ready
cat >/dev/null
