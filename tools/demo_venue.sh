#!/usr/bin/env bash
# A test venue and two bots that trade on it, until SIGINT or SIGTERM or so many seconds are over.
# usage: demo_venue.sh BINARY DATA_FOLDER KEYS_FILE PORT SECONDS   (0 seconds: until stopped)
# ends with: 0 stopped, 1 the venue or the bots ended by themselves
set -euo pipefail
# In one process group with its caller a Ctrl-C reaches everybody; each is stopped in order below.
binary=$1 data=$2 keys=$3 port=$4 seconds=$5
tools=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
READY_SECONDS=60
venue=
bots=
stopping=no

# end NAME PID: asks a process to stop, and waits for it.
end() {
    local code=0
    [ -n "$2" ] || return 0
    kill -TERM "$2" 2>/dev/null || true
    wait "$2" || code=$?
    [ "$code" -eq 0 ] || echo "./demo: $1 ended with code $code" >&2
    return "$code"
}

stop() {
    local code=$1
    trap '' INT TERM HUP
    end "bots" "$bots" || code=1
    end "cambist serve" "$venue" || code=1
    exit "$code"
}

trap 'stopping=yes' INT TERM HUP
"$binary" serve --profile test --data "$data" --port "$port" --keys-file "$keys" >/dev/null &
venue=$!
for ((tenths = 0; tenths < READY_SECONDS * 10; tenths++)); do
    [ "$stopping" = no ] || stop 0
    [ ! -s "$keys" ] || break
    kill -0 "$venue" 2>/dev/null || { echo "./demo: the venue did not start" >&2; stop 1; }
    sleep 0.1 || true
done
[ -s "$keys" ] || { echo "./demo: no venue within $READY_SECONDS s" >&2; stop 1; }
"$tools/demo_bots.py" "$keys" &
bots=$!
"$tools/demo_words.py" "$keys"

end_tenths=$((seconds * 10))
for ((tenths = 0; seconds == 0 || tenths < end_tenths; tenths++)); do
    [ "$stopping" = no ] || break
    kill -0 "$venue" 2>/dev/null || stop 1
    kill -0 "$bots" 2>/dev/null || stop 1
    sleep 0.1 || true
done
echo "stopping ..."
stop 0
