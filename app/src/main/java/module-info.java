/** The composition root of one generation, and the command line. */
module dev.evergate.app {
    requires static org.jspecify;
    requires dev.evergate.core;
    requires dev.evergate.keeper;
    requires info.picocli;

    opens dev.evergate.app.cli to
            info.picocli;
}
