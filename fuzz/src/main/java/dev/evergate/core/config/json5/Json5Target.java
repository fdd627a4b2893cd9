package dev.evergate.core.config.json5;

import dev.evergate.core.config.ConfigPath;
import dev.evergate.fuzz.Input;
import dev.evergate.fuzz.Target;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.List;
import java.util.Set;

/**
 * A text is refused with its place, or can be given any other meaning: what is written then means
 * just that, and given back its old meaning it means the old again.
 */
public final class Json5Target implements Target {
    @Override
    public List<byte[]> seeds() {
        return List.of(
                Input.utf8(
                        "{ gateway: { port: 1, /* why */ bind: 'lan' }, // end\n }\u0000{gateway: {port: 2}}"),
                Input.utf8(
                        "{\"a\":[1,2,{b:null},],\"a\":[+.5,0x7F,-Infinity,NaN,1e9]}\u0000{a:[2,{b:1}],c:'x'}"),
                Input.utf8(
                        "{\n  'a b': \"\\u00e4\\x41\\\n\\0\", $include: './x',\n}\u0000{\"a b\": null}"),
                Input.utf8("\uFEFF// c\n{ x: 'it''s' }\u0000{}"),
                Input.utf8("{a:{b:{c:{d:[[[[1]]]]}}}}\u0000{a:{b:{c:{d:[[[[2]]]],e:{}}}}}"));
    }

    @Override
    public void take(byte[] input) {
        Input in = new Input(input);
        String before = in.line();
        String other = in.line();
        Json5Text text;
        try {
            text = Json5Text.parse(before);
        } catch (Json5Exception refused) {
            requirePlace(refused, before);
            return;
        }
        ObjectNode old = text.tree();
        require(text.meaning(old).text().equals(before), "it was changed for nothing", before);
        ObjectNode target;
        try {
            target = Json5Text.parse(other).tree();
        } catch (Json5Exception refused) {
            return;
        }
        Json5Text changed = text.meaning(target);
        require(Values.areSame(changed.tree(), target), "it does not mean that", changed.text());
        Json5Text back = changed.meaning(old);
        require(Values.areSame(back.tree(), old), "there is no way back", back.text());
        Json5Text merged;
        try {
            merged = text.merge(target, Set.of());
        } catch (Json5Exception tooDeep) {
            return;
        }
        for (String name : target.propertyNames()) {
            ConfigPath path = ConfigPath.ROOT.child(name);
            boolean isKept = merged.tree().has(name);
            require(isKept != target.get(name).isNull(), "the patch is not in it", merged.text());
            JsonNode value = merged.unset(path).tree().path(name);
            require(value.isMissingNode(), "it cannot be taken away", merged.text());
        }
    }

    private static void require(boolean isSo, String otherwise, String text) {
        if (!isSo) {
            throw new AssertionError(otherwise + ": " + text);
        }
    }

    private static void requirePlace(Json5Exception refused, String text) {
        long lines = 1 + text.lines().count();
        Place place = refused.place();
        require(place.line() >= 1 && place.line() <= lines, "no such line: " + place, text);
    }

    @Override
    public int bytesPerByte() {
        return 2048;
    }
}
