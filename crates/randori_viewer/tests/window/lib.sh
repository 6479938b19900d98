# What the test of the window is made of: a display, the app, hands and eyes.
# Everything that takes time is awaited, for the app may draw two pictures per
# second where a processor draws them.

patience=20  # seconds until something that is awaited has failed
beat=0.5     # seconds between the parts of a movement, longer than a picture takes
passed=0
taken=0
app=
server=

ok() {
    passed=$((passed + 1))
    echo "ok: $*"
}

fail() {
    trap - ERR
    echo "FAILED: $*" >&2
    [ -z "$server" ] || shot failed || true
    [ ! -s "$work/app.log" ] || { echo "the app said:" >&2; cat "$work/app.log" >&2; }
    echo "$passed passed, 1 failed"
    exit 1
}

# Looks for what is needed, and sets up a display and a project to play in.
begin_test() {
    local need missing=""
    for need in Xvfb xdotool import identify compare; do
        command -v "$need" >/dev/null || missing="$missing $need"
    done
    local driver
    driver="$(compgen -G '/usr/share/vulkan/icd.d/lvp_icd*.json' | head -n 1 || true)"
    [ -n "$driver" ] || missing="$missing mesa-vulkan-drivers"
    if [ -n "$missing" ]; then
        echo "SKIPPED: there is no$missing on this machine, so no window was used" >&2
        [ "${REQUIRE_DISPLAY:-0}" != 1 ]
        exit
    fi
    program="$CARGO_TARGET_DIR/debug/randori"
    for need in randori randori-viewer; do
        [ -x "$CARGO_TARGET_DIR/debug/$need" ] && continue
        echo "error: there is no $need in $CARGO_TARGET_DIR/debug: run \`cargo build --workspace\`" >&2
        exit 1
    done
    shots="${1:-${RANDORI_SHOTS:-$CARGO_TARGET_DIR/window-shots}}"
    mkdir -p "$shots"
    rm -f "$shots"/[0-9][0-9]-*.png
    shots="$(cd "$shots" && pwd)"

    work="$(mktemp -d)"
    trap clean_up EXIT
    trap 'fail "line $LINENO: $BASH_COMMAND"' ERR
    export LC_ALL=C.UTF-8
    export XDG_CONFIG_HOME="$work/config" XDG_RUNTIME_DIR="$work/runtime"
    export VK_DRIVER_FILES="$driver" VK_ICD_FILENAMES="$driver"
    unset WAYLAND_DISPLAY WAYLAND_SOCKET RANDORI_ASSETS
    mkdir -m 700 "$XDG_CONFIG_HOME" "$XDG_RUNTIME_DIR"
    mkdir "$work/project"
    cp -r "$root/assets" "$root/scenarios" "$work/project"
    cd "$work/project"

    Xvfb -displayfd 3 -screen 0 1280x720x24 3>"$work/display" 2>"$work/server.log" &
    server=$!
    await "the virtual display" test -s "$work/display"
    export DISPLAY=":$(cat "$work/display")"
}

end_test() {
    echo "screenshots: $shots"
    echo "$passed passed, 0 failed in $SECONDS s"
}

clean_up() {
    local process
    for process in $app $server; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}

randori() { "$program" "$@"; }

# Starts the app and gives it the keyboard: there is no window manager to do so.
start_app() {
    "$program" "$@" >"$work/app.log" 2>&1 &
    app=$!
    patience=60 await "the window" find_window
    xdotool windowfocus "$window"
    xdotool mousemove "${nowhere[@]}"
}

find_window() {
    still_runs
    window="$(xdotool search --onlyvisible --name Randori 2>/dev/null | head -n 1)"
    [ -n "$window" ]
}

still_runs() { kill -0 "$app" 2>/dev/null || fail "the app has ended"; }

stop_app() {
    still_runs
    ! grep -q 'panicked\|rendering error' "$work/app.log" || fail "something broke in the app"
    kill "$app"
    wait "$app" 2>/dev/null || true
    app=
    # Its window goes a little later.
    await "the window to close" no_window
}

no_window() { ! xdotool search --onlyvisible --name Randori >/dev/null 2>&1; }

title_is() { [ "$(xdotool getwindowname "$window" 2>/dev/null)" = "$1" ]; }

# Waits for a command to succeed.
await() {
    local what="$1" since=$SECONDS
    shift
    until "$@"; do
        [ $((SECONDS - since)) -lt "$patience" ] || fail "waited $patience s for $what"
        sleep 0.1
    done
}

# That no more than so many milliseconds have passed since then.
within() {
    local took=$(((${EPOCHREALTIME/./} - ${2/./}) / 1000))
    echo "$3 took $took ms"
    [ $took -le "$1" ] || fail "$3 took $took ms, more than $1 ms"
}

# Keeps a picture of the whole screen, once what was done last shows.
shot() {
    sleep 1
    taken=$((taken + 1))
    import -window root "$shots/$(printf %02d $taken)-$1.png"
}

# The pixels of a part of the screen.
look() { import -window root -crop "$1" +repage -depth 8 rgb:- | sha256sum; }

looks_other() { [ "$(look "$1")" != "$2" ]; }

# Does something, and waits until this part of the screen has changed.
changes() {
    local part="$1" before
    shift
    before="$(look "$part")"
    "$@"
    await "a change of the picture after: $*" looks_other "$part" "$before"
}

# Waits until nothing moves.
await_still() {
    local part="$1" before
    before="$(look "$part")"
    sleep 1
    local since=$SECONDS
    while looks_other "$part" "$before"; do
        [ $((SECONDS - since)) -lt "$patience" ] || fail "the picture does not come to rest"
        before="$(look "$part")"
        sleep 1
    done
}

key() { xdotool key "$1"; }

click() {
    xdotool mousemove "$1" "$2"
    sleep "$beat"
    xdotool mousedown 1
    sleep "$beat"
    xdotool mouseup 1
    sleep "$beat"
}

drag() {
    local part
    xdotool mousemove "$1" "$2"
    sleep "$beat"
    xdotool mousedown 1
    sleep "$beat"
    for part in 1 2 3 4; do
        xdotool mousemove $(($1 + ($3 - $1) * part / 4)) $(($2 + ($4 - $2) * part / 4))
        sleep 0.2
    done
    sleep "$beat"
    xdotool mouseup 1
    sleep "$beat"
}

pause() {
    key space
    await_still "$clock"
}

# The colour of the time bar at this place: red, green, blue.
bar_color() {
    import -window root -crop "1x1+$1+$((bar_y + 8))" +repage -depth 8 rgb:- | od -An -tu1
}

# Whether there is a past at this place of the time bar, which is blue then.
bar_is_filled() {
    local red green blue
    read -r red green blue < <(bar_color "$1")
    [ $((blue - red)) -gt 30 ] && [ "$green" -lt "$blue" ]
}

# Whether there is none, where the bar is black.
bar_is_empty() {
    local red green blue
    read -r red green blue < <(bar_color "$1")
    [ $((red + green + blue)) -lt 60 ]
}

# Saves the run with Ctrl+S; `saved` is the file.
save() {
    recordings=$((${recordings:-0} + 1))
    saved="$(printf 'run-%03d.mcap' "$recordings")"
    key ctrl+s
    await "$saved" is_whole "$saved"
}

# Whether a recording is written to its end.
is_whole() { tail -c 8 "$1" 2>/dev/null | cmp -s - <(printf '\x89MCAP0\r\n'); }

ticks() { randori replay --json "$1" 2>/dev/null | sed -n 's/.*"equal_ticks":\([0-9]*\).*/\1/p'; }

replays() { randori replay "$1" >"$work/told" 2>&1 || fail "$1 does not replay: $(cat "$work/told")"; }

# That a recording differs from the untouched run by this.
differs() {
    randori diff reference.mcap "$1" >"$work/told" || true
    grep -q -- "$2" "$work/told" || fail "$1 does not show $3: $(head -n 20 "$work/told")"
    grep -m 1 -- "$2" "$work/told"
}
