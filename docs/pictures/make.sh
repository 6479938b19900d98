#!/usr/bin/env bash
# Makes the pictures of the README and of the gallery again, with the programs
# that were built last:
#
#   docs/pictures/make.sh [FOLDER WITH randori AND randori-viewer]
#
# Needs ImageMagick, Xvfb, xdotool and, without a graphics card, software Vulkan
# (Debian: imagemagick xvfb xdotool mesa-vulkan-drivers). Scenarios with robots of
# others are left out unless RANDORI_ASSETS says where those are.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
programs="${1:-${CARGO_TARGET_DIR:-$root/target}/debug}"
randori="$programs/randori"
export XDG_CONFIG_HOME="$(mktemp -d)"
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$XDG_CONFIG_HOME"' EXIT
mkdir -p "$XDG_CONFIG_HOME/randori"
touch "$XDG_CONFIG_HOME/randori/card-was-seen"
cd "$root"

# A picture of a scenario at a second from somewhere, for the gallery.
tile() {
    "$randori" view "scenarios/$1.ron" --headless --picture "$XDG_CONFIG_HOME/tile.png" \
        --from "$2" --camera "$3" --size 400x225 --quality high
    convert "$XDG_CONFIG_HOME/tile.png" -strip +dither -colors 96 "PNG8:scenarios/$1.png"
}
tile cartpole/balance 1.2 -80,15,3
tile cartpole/slow_thinking 1.2 -80,15,3
tile courier/corridor 4.2 165,38,4.5
tile courier/distracted 4.2 165,38,4.5
tile courier/flat 3 150,25,2.6
tile pup/stand 2 150,22,1.3
tile pup/shoved_too_hard 1.9 60,20,1.3
if [ -n "${RANDORI_ASSETS:-}" ]; then
    for scenario in scenarios/imported/*.ron; do
        case "$scenario" in *.golden.ron) continue ;; esac
        name="${scenario#scenarios/}"
        case "$name" in *g1_*) far=2.6 ;; *) far=1.5 ;; esac
        tile "${name%.ron}" 2 "150,18,$far"
    done
fi

# A robot that is pushed over.
rm -f docs/pictures/shoved.gif
"$randori" view scenarios/pup/shoved_too_hard.ron --headless --video docs/pictures/shoved.gif \
    --from 0.8 --to 2.8 --fps 12.5 --size 400x225 --camera 60,20,1.5 \
    --quality high

# The window, as a person sees it.
number=90
while [ -e "/tmp/.X11-unix/X$number" ]; do number=$((number + 1)); done
export DISPLAY=":$number"
Xvfb "$DISPLAY" -screen 0 1280x720x24 2>/dev/null &
sleep 2
"$randori" view scenarios/courier/corridor.ron --quality high --paused &
sleep 8
window="$(xdotool search --name 'Randori' | head -n 1)"
xdotool windowfocus "$window"
sleep 0.5
xdotool key l
xdotool mousemove 640 400 key space
sleep 9
xdotool key space
sleep 3
import -window root -strip +dither -colors 256 PNG8:docs/pictures/window.png
