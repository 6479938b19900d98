#!/usr/bin/env bash
# Uses the app as a person would, with mouse and keyboard only, in a window of
# 1280x720 on a virtual display, drawn by software Vulkan: from the gallery to a
# moving robot, stepped, taken back, driven by hand, pushed over, rewound, run on
# by another policy and saved. What is asserted are effects: recordings that
# `randori replay` verifies and `randori diff` explains, titles of windows, exit
# codes, and pictures that change. Needs the programs that `cargo build` or
# `cargo test` has put into the target folder.
#
# Usage: run.sh [SCREENSHOTS]   keeps what was seen in this folder;
#                               `window-shots` of the target folder if left out
#
# Without Xvfb, xdotool, ImageMagick and a Vulkan driver for processors the test
# is skipped, unless REQUIRE_DISPLAY=1.
set -Eeuo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
# shellcheck source=crates/randori_viewer/tests/window/lib.sh
. "$here/lib.sh"

# Where things are in the window of 1280x720, pixels.
begin=(281 481)             # the button of the welcome card
tile_stand=(565 340)        # a scenario of the gallery
quality=(496 11)            # the menu on the bar above this scenario
quality_medium=(490 55) quality_high=(490 76) quality_low=(490 34)
drive_by_hand=(1000 83)     # a button of the panel Robot
pose_crouch=(1023 105)      # another one, while driving by hand
slider_hip=(1137 180)       # the slider of the first motor, at 0 degrees
slider_hip_to=(1165 180)
policy_combo=(1130 147)     # in the panel Policy
policy_hold=(1075 214)      # its third entry
trunk=(500 335)             # the robot's back, as the camera follows it
nowhere=(120 560)           # ground without anything to hover on
bar_y=701                   # the time bar, from 0 to 6 s
bar_start=8 bar_1s=219 bar_2s=429 bar_4s=851 bar_end=1270
bar_shoved=160              # shortly before the shove of another scenario
clock=200x18+315+668        # the time that is shown
panel=322x590+956+66        # what is docked on the right
picture=940x560+0+60        # the world, without notices on top

stand="scenarios/pup/stand.ron"
title="Stand up, be pushed, keep standing"

gallery() {
    start_app view
    await "the title of the gallery" title_is "Randori"
    await_still "$picture"
    shot gallery-and-card
    changes "$picture" click "${begin[@]}"
    await "the card not to come again" test -e "$XDG_CONFIG_HOME/randori/card-was-seen"
    shot gallery
    click "${tile_stand[@]}"
    await "the scenario of the tile" title_is "$title - Randori"
    await "the run to reach 1 s" bar_is_filled $bar_1s
    shot plays
    ok "a tile of the gallery opens a scenario, which plays"
    key F1
    shot keys
    stop_app
}

steps() {
    start_app view "$stand" --paused
    await "the scenario" title_is "$title - Randori"
    await_still "$picture"
    for _ in 1 2 3 4 5; do
        changes "$clock" key period
    done
    shot five-steps
    save
    replays "$saved"
    [ "$(ticks "$saved")" = 6 ] || fail "five steps are $(ticks "$saved") states, not the start and 5"
    ok "five steps are five ticks, which replay"
    key F12
    await "a picture of the window" test -s randori-001.png
    [ "$(identify -format %wx%h randori-001.png)" = 1280x720 ] || fail "the picture has another size"
    ok "F12 keeps a picture of the window"
}

branch() {
    changes "$clock" key space
    await "the run to reach 4 s" bar_is_filled $bar_4s
    pause
    shot played-to-4-s
    save
    local long=$saved
    replays "$long"
    changes "$clock" drag $bar_4s $bar_y $bar_2s $bar_y
    shot dragged-back-to-2-s
    key b
    await "the future to be forgotten" bar_is_empty $bar_4s
    shot branched
    save
    replays "$saved"
    local before after
    before="$(ticks "$long")" after="$(ticks "$saved")"
    [ "$after" -lt "$before" ] && [ "$after" -gt 900 ] ||
        fail "the branch has $after ticks of $before, not those up to 2 s"
    ok "a drag back and a branch leave $after of $before ticks"
}

push() {
    key p
    xdotool mousemove "${trunk[@]}"
    shot about-to-push
    click "${trunk[@]}"
    key p
    changes "$clock" key space
    await "the run to reach 4 s again" bar_is_filled $bar_4s
    pause
    shot pushed
    save
    pushed=$saved
    replays "$pushed"
    differs "$pushed" 'intervention 0: A nothing, B push of .* of pup\.' "the push"
    ok "a click pushes the robot, and that replays"
}

other_policy() {
    changes "$clock" drag $bar_4s $bar_y $bar_1s $bar_y
    changes "$panel" key F3
    changes "$panel" click "${policy_combo[@]}"
    shot policies
    click "${policy_hold[@]}"
    await "the future to be forgotten" bar_is_empty $bar_2s
    changes "$clock" key space
    await "the other policy to reach 2 s" bar_is_filled $bar_2s
    pause
    shot other-policy
    save
    replays "$saved"
    differs "$saved" 'policy: .*poses.* -> .*hold' "the other policy"
    ! randori diff reference.mcap "$saved" | grep -q intervention || fail "the push is still there"
    ok "rewound to before the push, another policy goes on, and that replays"
}

by_hand() {
    changes "$panel" key F4
    changes "$panel" click "${drive_by_hand[@]}"
    shot driven-by-hand
    changes "$panel" drag "${slider_hip[@]}" "${slider_hip_to[@]}"
    changes "$clock" key space
    await "the run to reach 4 s by hand" bar_is_filled $bar_4s
    pause
    shot slider-moved
    save
    replays "$saved"
    local hips
    hips="$(randori export "$saved" --csv --table commands --channel fl_hip -o - 2>/dev/null |
        tail -n +2 | cut -d, -f3 | sort -u | wc -l)"
    [ "$hips" -gt 1 ] || fail "the commands of fl_hip are all the same"
    ok "a slider commands a motor ($hips values), and that replays"
    stop_app
}

rescue() {
    local shoved="scenarios/pup/shoved_too_hard.ron" tilt
    start_app view "$shoved"
    await "the scenario" title_is "A shove that stiff legs cannot take - Randori"
    await "the run to end" bar_is_filled $bar_end
    shot shoved-over
    changes "$clock" drag $bar_end $bar_y $bar_shoved $bar_y
    changes "$panel" key F4
    changes "$panel" click "${drive_by_hand[@]}"
    await "the future to be forgotten" bar_is_empty $bar_end
    changes "$panel" click "${pose_crouch[@]}"
    changes "$clock" key space
    await "the run to end again" bar_is_filled $bar_end
    key F2
    shot saved-by-crouching
    save
    replays "$saved"
    tilt="$(randori export "$saved" --csv --table signals --channel 'tilt(pup)' -o - 2>/dev/null |
        awk -F, 'NR > 1 && $3 > most { most = $3 } END { print most + 0 }')"
    awk -v tilt="$tilt" 'BEGIN { exit !(tilt > 0 && tilt < 0.4) }' || fail "it tilts by $tilt rad"
    ok "who is shoved over is taken back, crouches, and tilts by $tilt rad at most"
    stop_app
}

qualities() {
    start_app view "$stand" --paused
    await "the scenario" title_is "$title - Randori"
    await_still "$picture"
    local name place
    for name in medium high low; do
        place="quality_$name[@]"
        click "${quality[@]}"
        changes "$picture" click "${!place}"
        await_still "$picture"
        shot "quality-$name"
        still_runs
    done
    ok "the quality of the picture can be changed and changed back"
    stop_app
}

reload() {
    start_app view "$stand" --paused
    await "the scenario" title_is "$title - Randori"
    cp "$stand" good.ron
    sed -i "s/$title/Stand on/" "$stand"
    local since=$EPOCHREALTIME
    await "the new title" title_is "Stand on - Randori"
    within 3000 "$since" "opening the edited file"
    shot reloaded
    ok "an edited file is opened again"

    changes "$picture" sed -i 's/duration: 6.0/duration: "six"/' "$stand"
    shot broken-file
    still_runs
    title_is "Stand on - Randori" || fail "the last good state is gone"
    ok "a broken file is told about, and the last good state stays"

    changes "$picture" cp good.ron "$stand"
    await "the mended file" title_is "$title - Randori"
    changes "$clock" key space
    shot mended
    ok "the mended file is opened again, and plays"
    stop_app
}

without_display() {
    local without=(env -u DISPLAY -u WAYLAND_DISPLAY -u WAYLAND_SOCKET) code=0
    "${without[@]}" "$program" view "$stand" --headless --video clip.gif --to 1 --fps 10 --size 320x180
    local is
    is="$(identify -format '%m %wx%h\n' clip.gif | sort | uniq -c | sed 's/^ *//')"
    [ "$is" = "11 GIF 320x180" ] || fail "the clip is: $is"
    convert 'clip.gif[0]' 'clip.gif[10]' +append "$shots/clip.png"
    ok "a clip of 11 pictures is made without a display"

    "${without[@]}" "$program" view "$stand" >told 2>&1 || code=$?
    [ $code = 2 ] || fail "without a display the exit code is $code"
    grep -q -- '--headless --video' told || fail "without a display one is told: $(cat told)"
    ok "without a display one is told what to do"
}

without_graphics() {
    local code=0
    VK_DRIVER_FILES=/nowhere VK_ICD_FILENAMES=/nowhere "$program" view "$stand" >told 2>&1 || code=$?
    [ $code = 2 ] || fail "without graphics the exit code is $code: $(cat told)"
    grep -q 'mesa-vulkan-drivers' told || fail "without graphics one is told: $(cat told)"
    ok "where nothing can draw one is told what to install"
}

begin_test "$@"
"$program" run "$stand" --record reference.mcap >/dev/null 2>&1
for part in gallery steps branch push other_policy by_hand rescue qualities reload without_display without_graphics; do
    echo "== ${part//_/ }"
    $part
done
end_test
