# Finds a JDK that can run and build Evergate; sourced by ./evergate, ./check and .ci/run.
# Needs $root. No JVM is started to look: each home is asked by its `release` file.

jdk_release_min=25

# Reads what the Java home $1 is, into $release ("" where there is none) and $runtime.
read_home() {
  release='' runtime=unknown
  [ -x "$1/bin/java" ] || return 0
  if [ -r "$1/release" ]; then
    while IFS='=' read -r key value; do
      value=${value#\"} value=${value%\"}
      case $key in
        JAVA_VERSION) release=${value%%[!0-9]*} ;;
        JAVA_RUNTIME_VERSION) runtime=$value ;;
      esac
    done <"$1/release"
  fi
  [ -n "$release" ] || release=$("$1/bin/java" -version 2>&1 |
    sed -n 's/.*version "\([0-9][0-9]*\).*/\1/p' | head -n 1)
}

# Takes the Java home $1 if it fits; notes it if not. $2 is where it was found.
consider() {
  read_home "$1"
  if [ -z "$release" ]; then
    [ -z "$1" ] || jdks_seen="$jdks_seen
  $1 ($2): no java in it"
  elif [ "$release" -lt "$jdk_release_min" ]; then
    jdks_seen="$jdks_seen
  $1 ($2): Java $release"
  elif [ ! -x "$1/bin/javac" ] && [ "$2" != bundled ]; then
    jdks_seen="$jdks_seen
  $1 ($2): Java $release without a compiler"
  else
    jdk=$1 jdk_release=$release jdk_runtime=$runtime
    return 0
  fi
  return 1
}

# Sets $jdk, $jdk_release and $jdk_runtime, or says what to install and fails.
find_jdk() {
  jdks_seen=''
  if [ -d "$root/runtime" ]; then consider "$root/runtime" bundled && return; fi
  if [ -n "${EVERGATE_JAVA_HOME-}" ]; then
    consider "$EVERGATE_JAVA_HOME" EVERGATE_JAVA_HOME && return
  fi
  if [ -n "${JAVA_HOME-}" ]; then consider "$JAVA_HOME" JAVA_HOME && return; fi
  if on_path=$(command -v java); then
    on_path=$(readlink -f "$on_path")
    consider "${on_path%/bin/java}" PATH && return
  fi
  if [ -x /usr/libexec/java_home ]; then
    consider "$(/usr/libexec/java_home -v "$jdk_release_min+" 2>/dev/null)" java_home && return
  fi
  find_installed_jdk && return
  {
    echo "Evergate needs a JDK $jdk_release_min or newer, and found none."
    if [ -n "$jdks_seen" ]; then echo "Looked at:$jdks_seen"; fi
    echo "Install one (any vendor; for example Eclipse Temurin $jdk_release_min), or set JAVA_HOME to where it is."
  } >&2
  return 1
}

# The usual directories: exactly the release we build for if it is there, else the newest.
find_installed_jdk() {
  best='' best_release=0 best_runtime=''
  for home in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/nonexistent}"/.sdkman/candidates/java/* "${HOME:-/nonexistent}"/.jdks/*; do
    if [ -L "$home" ] || [ ! -d "$home/bin" ] || ! consider "$home" installed; then continue; fi
    if [ "$jdk_release" -eq "$jdk_release_min" ]; then return; fi
    if [ "$jdk_release" -gt "$best_release" ]; then
      best=$jdk best_release=$jdk_release best_runtime=$jdk_runtime
    fi
  done
  jdk=$best jdk_release=$best_release jdk_runtime=$best_runtime
  [ -n "$jdk" ]
}
