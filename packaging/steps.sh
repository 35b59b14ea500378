# shellcheck shell=bash
# What packaging/quickstart and tests/run share: steps with their times, quiet commands whose log is shown only when they
# fail, and progress on a terminal. Sourced; works with the bash 3.2 of macOS.

if [ -t 1 ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m' clear_line=$'\r\e[K' terminal=1
else
  bold='' dim='' red='' green='' plain='' clear_line='' terminal=0
fi

# step WORDS: says what begins now.
step() {
  step_started=$SECONDS
  printf '%s==>%s %s%s%s\n' "$green" "$plain" "$bold" "$*" "$plain"
}

# step_done [WORDS]: says how long it took.
step_done() { printf '    %s%s%d s%s\n' "$dim" "${1:+$1, }" "$((SECONDS - step_started))" "$plain"; }

# fail WORDS: ends the script.
fail() {
  printf '%s%s: %s%s\n' "$red" "${0##*/}" "$*" "$plain" >&2
  exit 1
}

# quietly LOG COMMAND...: everything it says goes to LOG, whose tail is shown if it fails. On a terminal, ninja's [n/m]
# is shown while it runs.
quietly() {
  local log=$1 status=0
  shift
  mkdir -p "$(dirname "$log")"
  : >"$log"
  if [ "$terminal" -eq 1 ]; then
    "$@" 2>&1 | tee "$log" | show_progress || status=$?
    printf '%s' "$clear_line"
  else
    "$@" >"$log" 2>&1 || status=$?
  fi
  [ "$status" -eq 0 ] && return 0
  # ninja stops after the first failures, but what other jobs said may stand below: from the first FAILED on is best.
  if grep -q '^FAILED: ' "$log"; then
    sed -n '/^FAILED: /,$p' "$log" | head -n 60 >&2
  else
    tail -n 40 "$log" >&2
  fi
  printf '%sfailed: %s (the whole log: %s)%s\n' "$red" "$*" "$log" "$plain" >&2
  return "$status"
}

show_progress() {
  local line
  while IFS= read -r line; do
    case $line in '['[0-9]*/*) printf '%s    %s%.*s%s' "$clear_line" "$dim" 100 "$line" "$plain" ;; esac
  done
}

# How many compilers fit: one for each processor, but each may take 1 GiB, which a small VPS has not for all.
build_jobs() {
  local processors memory_gib=0
  processors=$(getconf _NPROCESSORS_ONLN)
  if [ -r /proc/meminfo ]; then
    memory_gib=$(awk '/^MemAvailable:/ {print int($2 / 1048576)}' /proc/meminfo)
    [ "$memory_gib" -ge 1 ] || memory_gib=1
    [ "$memory_gib" -lt "$processors" ] && processors=$memory_gib
  fi
  echo "$processors"
}
