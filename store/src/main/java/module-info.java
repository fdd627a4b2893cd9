/** Durable state behind core's ports, on SQLite. */
module dev.evergate.store {
    requires static transitive org.jspecify;
    requires transitive dev.evergate.core;
    requires java.sql;
    requires org.xerial.sqlitejdbc;

    exports dev.evergate.store;
}
