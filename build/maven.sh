# Runs Maven quietly, with a short line for each step; sourced by ./evergate and ./check.
# Needs $root and $jdk. The full output goes to $maven_log.

maven_log=$root/build/cache/maven.log

# One line of progress: what is happening and since when.
step() {
  elapsed=$(($(date +%s) - started))
  printf '%3d:%02d  %s\n' $((elapsed / 60)) $((elapsed % 60)) "$*" >&2
}

# Writes Maven's output to the log, prints its steps, ends as Maven ended.
follow_maven() {
  fetched=0 each_test=no
  while IFS= read -r line; do
    printf '%s\n' "$line" >>"$maven_log"
    case $line in
      "[INFO] Building Evergate "[a-z]*) module=${line#*Evergate } && step "building ${module%% *}" ;;
      "[INFO] --- "*"(process-tests)"*) each_test=yes && step "starting real processes" ;;
      "[INFO] Running "*) if [ $each_test = yes ]; then step "testing ${line##*.}"; fi ;;
      "packing "* | "startup cache"*) step "$line" ;;
      "[ERROR] Tests run:"*" in "*) step "failed: ${line##* }" ;;
      *"Downloaded from "*)
        fetched=$((fetched + 1))
        if [ $((fetched % 100)) -eq 0 ]; then step "fetched $fetched files"; fi
        ;;
      "maven ended: "*) return "${line#maven ended: }" ;;
    esac
  done
  return 1
}

# Offline where everything is there: no look-ups, and no surprise. $@ goes to Maven.
run_maven() {
  command -v mvn >/dev/null || {
    echo "Evergate is built with Maven (3.8.7 or newer), and there is no mvn on the PATH." >&2
    echo "Install it: the package is named maven on Debian, Ubuntu, Fedora and in Homebrew." >&2
    return 78
  }
  mkdir -p "${maven_log%/*}"
  started=$(date +%s)
  once_maven --offline "$@"
  maven_exit=$?
  if [ $maven_exit -ne 0 ] && grep -q 'in offline mode' "$maven_log"; then
    step "fetching libraries, as this is the first time"
    once_maven --update-snapshots "$@"
    maven_exit=$?
  fi
  return $maven_exit
}

once_maven() {
  : >"$maven_log"
  (
    cd "$root" || exit 1
    JAVA_HOME=$jdk mvn --batch-mode -Dstyle.color=never "$@" 2>&1 </dev/null
    printf '\nmaven ended: %s\n' $?
  ) | follow_maven
}

# What a person needs first of a failed run.
explain_maven() {
  grep -E '^\[ERROR\]|^\[WARNING\] .*\.java:' "$maven_log" | awk '!seen[$0]++' |
    grep -vE 'Help 1|-e switch|-X switch|possible solutions|resume the build|-rf :|^\[ERROR\] *$' | head -n 20 >&2
  echo "The build failed; all it said is in $maven_log" >&2
}
