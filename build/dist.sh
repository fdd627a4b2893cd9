# Makes the build that ./evergate runs, when there is none or sources are newer; sourced by it and by
# ./check, which shares its lock.
# Needs $root, $jdk and $jdk_runtime.

dist=$root/build/dist
build_lock=$dist/.building

# Whether the current build was made here, with this JDK, from these sources. Folders count: a
# deleted file changes the one it was in. EVERGATE_BUILD=never runs what is there.
is_built() {
  if [ "${EVERGATE_BUILD-}" = never ] && [ -e "$dist/current/complete" ]; then return; fi
  [ -e "$dist/current/complete" ] && [ -r "$dist/stamp" ] || return 1
  { IFS= read -r built_with && IFS= read -r built_in; } <"$dist/stamp"
  [ "$built_with" = "$jdk_runtime" ] && [ "$built_in" = "$dist" ] || return 1
  [ -z "$(
    cd "$root" && find pom.xml .mvn build/*.java build/launch ./*/pom.xml ./*/src/main \
      ! -path './testkit/*' ! -path './bench/*' -newer "$dist/stamp" -print 2>/dev/null
  )" ]
}

ensure_build() {
  is_built || holding_build_lock build_if_needed
}

# Runs $@ as the only build of this clone.
holding_build_lock() {
  mkdir -p "$dist"
  lock_build || return 1
  trap 'rm -f "$build_lock"' EXIT
  trap 'exit 1' HUP INT TERM
  "$@"
  locked_exit=$?
  trap - EXIT HUP INT TERM
  rm -f "$build_lock"
  return $locked_exit
}

build_if_needed() {
  is_built || build
}

build() {
  if [ -e "$dist/current" ]; then
    echo "Building Evergate: sources or JDK are newer than the last build." >&2
  else
    echo "Building Evergate: this happens once, and takes a minute or two." >&2
  fi
  : >"$dist/.started"
  run_maven package --projects app --also-make -Dmaven.test.skip -Dformat.skip \
    -Doutput=target/run -Dlint=-Xlint:none -Dmaven.compiler.failOnWarning=false || {
    maven_exit=$?
    if [ $maven_exit -ne 78 ]; then explain_maven; fi
    return $maven_exit
  }
  touch -r "$dist/.started" "$dist/stamp" # what was edited meanwhile is newer
  step "built"
}

# One build at a time. The lock is a link whose target is the pid of its holder, so it is never
# without one; that of a dead holder is removed by one of those who wait.
lock_build() {
  waited=0
  until ln -s $$ "$build_lock" 2>/dev/null; do
    holder=$(readlink "$build_lock")
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null && mkdir "$build_lock.stale" 2>/dev/null; then
      if [ "$(readlink "$build_lock")" = "$holder" ]; then rm -f "$build_lock"; fi
      rmdir "$build_lock.stale"
    elif [ $waited -eq 900 ]; then
      echo "Process $holder has been building for 15 minutes; if it is no build, remove $build_lock" >&2
      return 1
    else
      if [ $waited -eq 0 ]; then echo "Waiting for the build of process $holder ..." >&2; fi
      waited=$((waited + 1))
      sleep 1
    fi
  done
}
