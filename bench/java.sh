# Runs a class of the bench against this clone's build; sourced by the commands of this folder.
# Needs $root. Defines run_bench.

. "$root/build/jdk.sh"
. "$root/build/maven.sh"
. "$root/build/dist.sh"

bench_classes=$root/bench/target/classes
bench_stamp=$root/bench/target/stamp

# Compiles the bench, unless it is newer than its sources.
ensure_bench() {
  if [ -e "$bench_stamp" ] && [ -z "$(
    find "$root/pom.xml" "$root/bench/pom.xml" "$root/bench/src" "$root/testkit/src/main" \
      "$dist/current/complete" -newer "$bench_stamp" -print
  )" ]; then return; fi
  run_maven compile --projects bench --also-make -Dformat.skip -Dmaven.compiler.failOnWarning=false || {
    explain_maven
    return 1
  }
  : >"$bench_stamp"
}

# $1: the class; the rest: its arguments.
run_bench() {
  bench_main=$1
  shift
  find_jdk || exit 78
  ensure_build || exit
  holding_build_lock ensure_bench || exit
  home=$(readlink -f "$dist/current")
  classpath=$bench_classes:$root/testkit/target/classes
  for jar in "$home"/lib/*.jar; do
    case $jar in
      */logback-*) ;; # it would log what it knows of Netty
      *) classpath=$classpath:$jar ;;
    esac
  done
  exec "$jdk/bin/java" -XX:+UseParallelGC -Xmx1g --enable-native-access=ALL-UNNAMED \
    -Dio.netty.leakDetection.level=disabled -Dslf4j.internal.verbosity=ERROR \
    "-Djava.library.path=$home/lib/native" -cp "$classpath" "$bench_main" "$root" "$home" "$@"
}
