package dev.evergate.server.rpc;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every method, with the scope it needs: what is not here is denied. Immutable. */
public final class MethodTable {
    private final Map<String, Method> methods = new HashMap<>();

    public MethodTable(Collection<Method> methods) {
        for (Method method : methods) {
            if (this.methods.put(method.name(), method) != null) {
                throw new IllegalArgumentException(method.name() + " is listed twice");
            }
        }
    }

    /** All methods of this release. */
    public static MethodTable of(Services services) {
        List<Method> all = new java.util.ArrayList<>();
        all.addAll(new StatusMethods(services).methods());
        all.addAll(new CatalogMethods(services).methods());
        all.addAll(new ModelMethods(services).methods());
        all.addAll(new IdentityMethods(services).methods());
        all.addAll(new UsageMethods(services).methods());
        all.addAll(new AbsentMethods(services).methods());
        all.addAll(new SessionMethods(services).methods());
        all.addAll(new SessionLookups(services).methods());
        all.addAll(new SessionChanges(services).methods());
        all.addAll(new ChatMethods().methods());
        all.addAll(new ChatRows().methods());
        all.addAll(new AgentMethods(services).methods());
        all.addAll(new RestartMethods(services).methods());
        all.addAll(new SuspendMethods(services).methods());
        all.addAll(new ConfigMethods(services).methods());
        all.addAll(new DeviceMethods(services).methods());
        all.addAll(new SetupMethods(services).methods());
        all.addAll(new ToolMethods(services).methods());
        all.addAll(new NodeMethods(services).methods());
        all.addAll(new NodeInvokeMethods(services).methods());
        all.addAll(new AuditMethods(services).methods());
        return new MethodTable(
                all.stream().map(method -> AuditedMethod.of(method, services)).toList());
    }

    public @Nullable Method find(String name) {
        return methods.get(name);
    }

    /** Names in alphabetical order, for {@code hello-ok}. */
    public List<String> names() {
        return methods.keySet().stream().sorted().toList();
    }

    /** For tests that walk the whole table. */
    public Collection<Method> all() {
        return methods.values();
    }
}
