package dev.evergate.app.structure;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Who may know whom. Maven and module-info say it for modules; these say it for packages. */
final class ArchitectureRules {
    /** Packages of core in order; each may use only those before it. */
    static final List<String> CORE_ORDER =
            List.of(
                    "time",
                    "fault",
                    "metric",
                    "lifecycle",
                    "config",
                    "telemetry",
                    "journal",
                    "device",
                    "plugin",
                    "agent",
                    "conversation",
                    "channel",
                    "gateway");

    private static final String CORE = "dev.evergate.core.";

    private static final Pattern SOURCE_OF_TIME_OR_CHANCE =
            Pattern.compile(
                    String.join(
                            "|",
                            "java\\.time\\.\\w+\\.now",
                            "java\\.time\\.Clock\\.(system|tick).*",
                            "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)",
                            "java\\.lang\\.Math\\.random",
                            "java\\.lang\\.Thread\\.(<init>|sleep|of\\w+|startVirtualThread)",
                            "java\\.util\\.(Random|SplittableRandom|Timer)\\.<init>",
                            "java\\.util\\.UUID\\.randomUUID",
                            "java\\.util\\.concurrent\\.(Executors|ThreadLocalRandom)\\..*",
                            "java\\.util\\.concurrent\\.\\w*(Executor|Pool)\\.<init>",
                            "java\\.util\\.random\\.RandomGenerator\\.(of|getDefault)",
                            "java\\.security\\.SecureRandom\\..*"));

    private ArchitectureRules() {}

    static Stream<ArchRule> all() {
        return Stream.of(
                        coreOrder(),
                        Stream.of(
                                corePackages(),
                                channelBesideConversation(),
                                noCycles(),
                                timeInOnePlace(),
                                databaseInStore(),
                                noSocketsInCore(),
                                keeperAlone(),
                                foreignCallsInOnePlace(),
                                noCodeFromElsewhere(),
                                noObjectsFromBytes(),
                                oneWayOut(),
                                noTestLibraries()))
                .flatMap(rules -> rules)
                .map(rule -> rule.allowEmptyShould(true));
    }

    static Stream<ArchRule> coreOrder() {
        return IntStream.range(0, CORE_ORDER.size() - 1)
                .mapToObj(
                        place ->
                                noClasses()
                                        .that()
                                        .resideInAPackage(core(CORE_ORDER.get(place)))
                                        .should()
                                        .dependOnClassesThat()
                                        .resideInAnyPackage(
                                                CORE_ORDER
                                                        .subList(place + 1, CORE_ORDER.size())
                                                        .stream()
                                                        .map(ArchitectureRules::core)
                                                        .toArray(String[]::new))
                                        .because("a package of core uses only those before it"));
    }

    static ArchRule corePackages() {
        return classes()
                .that()
                .resideInAPackage("dev.evergate.core..")
                .should()
                .resideInAnyPackage(
                        CORE_ORDER.stream().map(ArchitectureRules::core).toArray(String[]::new))
                .because("every package of core has a place in the order");
    }

    static ArchRule channelBesideConversation() {
        return noClasses()
                .that()
                .resideInAPackage(core("channel"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(core("conversation"))
                .because("they meet only in journal");
    }

    static ArchRule noCycles() {
        return slices().matching("dev.evergate.(**)").should().beFreeOfCycles();
    }

    /** Tests turn time by hand and repeat chance from a seed: so nobody may go round the seam. */
    static ArchRule timeInOnePlace() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("..time..")
                .should()
                .accessTargetWhere(
                        describe(
                                "it is a source of time, threads or chance",
                                ArchitectureRules::isSourceOfTimeOrChance))
                .because("clocks, threads and chance come from a package named time");
    }

    static ArchRule databaseInStore() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("dev.evergate.store..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..");
    }

    /**
     * A URI is a value, and a file's channel reaches the disk; everything else here reaches out.
     */
    static ArchRule noSocketsInCore() {
        return noClasses()
                .that()
                .resideInAPackage("dev.evergate.core..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.channels..", "io.netty..")
                                .and(
                                        not(
                                                nameMatching(
                                                        "java\\.net\\.URI.*|java\\.nio\\.channels\\.FileChannel"))));
    }

    static ArchRule keeperAlone() {
        return classes()
                .that()
                .resideInAPackage("dev.evergate.keeper..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.evergate.keeper..",
                        "java..",
                        "javax..",
                        "jdk..",
                        "sun.misc..",
                        "org.jspecify.annotations..")
                .because("it must outlive whatever a generation is made of");
    }

    static ArchRule foreignCallsInOnePlace() {
        return noClasses()
                .that()
                .resideOutsideOfPackage("dev.evergate.keeper.os..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..");
    }

    /** S16: what runs is what was installed; telemetry's folder is a part of the installation. */
    static ArchRule noCodeFromElsewhere() {
        return noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.evergate.app.observe.TelemetryLoader")
                .should()
                .dependOnClassesThat(
                        nameMatching(
                                "java\\.net\\.URLClassLoader|java\\.lang\\.module\\.ModuleFinder"
                                        + "|java\\.lang\\.ModuleLayer\\$Controller|javax\\.script\\..*"
                                        + "|javax\\.tools\\..*|java\\.lang\\.instrument\\..*"
                                        + "|javax\\.naming\\..*|java\\.rmi\\..*"))
                .orShould()
                .accessTargetWhere(
                        describe(
                                "it makes classes",
                                access ->
                                        access.getTarget().getName().startsWith("define")
                                                && access.getTargetOwner()
                                                        .getPackageName()
                                                        .startsWith("java.lang")))
                .because("no code is loaded from outside of the installation");
    }

    /** S20: whoever makes objects of bytes makes them of an attacker's, too. */
    static ArchRule noObjectsFromBytes() {
        return noClasses()
                .should()
                .dependOnClassesThat(
                        nameMatching(
                                "java\\.io\\.Object(In|Out)putStream.*|java\\.io\\.Externalizable"
                                        + "|java\\.beans\\..*|javax\\.xml\\..*|org\\.w3c\\.dom\\..*"
                                        + "|org\\.xml\\.sax\\..*|javax\\.management\\.remote\\..*"))
                .because("there is no Java serialization, and no XML with its entities");
    }

    /** S10: an address from outside is asked by the guard alone. */
    static ArchRule oneWayOut() {
        return noClasses()
                .that()
                .resideInAPackage("dev.evergate.server..")
                .and()
                .resideOutsideOfPackage("dev.evergate.server.fetch..")
                .should()
                .dependOnClassesThat(
                        nameMatching(
                                "java\\.net\\.(Socket|URL|URLConnection|HttpURLConnection)"
                                        + "|java\\.net\\.http\\..*|io\\.netty\\.bootstrap\\.Bootstrap"))
                .because("what comes from outside is fetched by one guard");
    }

    static ArchRule noTestLibraries() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.assertj..", "dev.evergate.testkit..");
    }

    private static boolean isSourceOfTimeOrChance(JavaAccess<?> access) {
        String target = access.getTargetOwner().getName() + "." + access.getTarget().getName();
        return SOURCE_OF_TIME_OR_CHANCE.matcher(target).matches();
    }

    private static String core(String name) {
        return CORE + name + "..";
    }
}
