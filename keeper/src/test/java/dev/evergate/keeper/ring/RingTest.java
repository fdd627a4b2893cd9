package dev.evergate.keeper.ring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.evergate.keeper.ring.RingRecord.Level;
import dev.evergate.keeper.ring.RingRecord.Source;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

class RingTest {
    @TempDir Path folder;
    private Path path = Path.of("");

    @BeforeEach
    void name() {
        path = folder.resolve("ring");
    }

    @Test
    void whatIsWrittenIsReadInOrder() {
        var keeper = new Ring(path, true);
        keeper.write(entry(Source.KEEPER, "first"));
        var generation = new Ring(path, false);
        generation.write(entry(Source.GENERATION, "second"));
        keeper.write(entry(Source.KEEPER, "third"));

        List<RingRecord> records = RingReader.read(path);

        assertThat(records)
                .extracting(RingRecord::text)
                .containsExactly("first", "second", "third");
        assertThat(records).extracting(RingRecord::seq).containsExactly(1L, 2L, 3L);
        assertThat(records.get(1)).isEqualTo(entry(Source.GENERATION, "second").at(2));
        assertThat(RingReader.read(path, 2)).extracting(RingRecord::text).containsExactly("third");
    }

    @Test
    void aFullRingForgetsTheOldestFirst() {
        var ring = new Ring(path, true);
        long written = RingReader.CAPACITY * 2L + 7;
        for (long i = 1; i <= written; i++) {
            ring.write(entry(Source.KEEPER, "record " + i));
        }

        List<RingRecord> records = RingReader.read(path);

        assertThat(records).hasSize(RingReader.CAPACITY);
        assertThat(records.getFirst().text())
                .isEqualTo("record " + (written - RingReader.CAPACITY + 1));
        assertThat(records.getLast().text()).isEqualTo("record " + written);
    }

    @Test
    void longTextsAreCutBetweenCharacters() {
        new Ring(path, true).write(entry(Source.KEEPER, "é".repeat(1_000)));

        String text = RingReader.read(path).getFirst().text();

        assertThat(text).hasSizeBetween(200, 300).matches("é+");
    }

    @Test
    void theFileHasItsWholeSizeAtOnceAndBelongsToItsOwnerAlone() throws IOException {
        new Ring(path, true).write(entry(Source.KEEPER, "x"));

        assertThat(path).hasSize(1 << 20);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
    }

    @Test
    void damagedForeignAndShortFilesAreReplaced() throws IOException {
        for (byte[] content :
                List.of(
                        new byte[0],
                        "hello".getBytes(StandardCharsets.UTF_8),
                        new byte[1 << 20],
                        new byte[1 << 21])) {
            Files.write(path, content);
            assertThat(RingReader.read(path)).isEmpty();

            new Ring(path, true).write(entry(Source.KEEPER, "new"));

            assertThat(RingReader.read(path)).extracting(RingRecord::text).containsExactly("new");
        }
    }

    @Test
    void aLinkIsReplacedAndWhatItLedToIsLeftAlone() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "precious");
        Files.createSymbolicLink(path, elsewhere);

        new Ring(path, true).write(entry(Source.KEEPER, "new"));

        assertThat(elsewhere).hasContent("precious");
        assertThat(RingReader.read(path)).hasSize(1);
    }

    @Test
    void aRingThatCannotBeIsDoneWithout() throws IOException {
        Files.createDirectories(path.resolve("not-empty"));

        assertThat(new Ring(path, true).write(entry(Source.KEEPER, "x"))).isZero();
        assertThat(new Ring(folder.resolve("missing/ring"), true).write(entry(Source.KEEPER, "x")))
                .isZero();
        assertThat(new Ring(folder.resolve("other"), false).write(entry(Source.KEEPER, "x")))
                .as("only the holder of the state lock creates")
                .isZero();
    }

    @Test
    void aRingThatIsDeletedOrTruncatedUnderItsWriterIsMadeAnew() throws IOException {
        var ring = new Ring(path, true);
        ring.write(entry(Source.KEEPER, "one"));
        Files.delete(path);
        ring.write(entry(Source.KEEPER, "two"));
        assertThat(RingReader.read(path)).extracting(RingRecord::text).containsExactly("two");

        try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
            channel.truncate(4_096);
        }
        ring.write(entry(Source.KEEPER, "three"));
        assertThat(RingReader.read(path)).extracting(RingRecord::text).containsExactly("three");
    }

    @Test
    void aCounterThatWasLostIsFoundAgainFromTheRecords() throws IOException {
        var ring = new Ring(path, true);
        for (int i = 0; i < 10; i++) {
            ring.write(entry(Source.KEEPER, "old"));
        }
        overwrite(RingFormat.NEXT_AT, new byte[8]);

        new Ring(path, true).write(entry(Source.KEEPER, "new"));

        assertThat(RingReader.read(path).getLast().seq()).isEqualTo(11);
    }

    @Test
    void aRecordTornAtAnyByteIsSkippedAndOnlyTheChecksumTellsIt() throws IOException {
        new Ring(path, true).write(entry(Source.KEEPER, "zero"));
        byte[] before = RingFormat.encode(entry(Source.KEEPER, "the old text").at(2));
        byte[] after =
                RingFormat.encode(
                        entry(Source.GENERATION, "the new one").at(2 + RingReader.CAPACITY));
        int liesWithoutChecksum = 0;
        for (int written = 0; written <= after.length; written++) {
            byte[] slot = new byte[RingFormat.SLOT_BYTES];
            System.arraycopy(before, 0, slot, 0, before.length);
            System.arraycopy(after, 0, slot, 0, written);
            overwrite(RingFormat.offset(2), slot);

            List<String> texts =
                    RingReader.read(path).stream().map(RingRecord::text).skip(1).toList();

            boolean isWhole = written == 0 || written == after.length;
            assertThat(texts)
                    .as("%d bytes written", written)
                    .isSubsetOf("the old text", "the new one");
            assertThat(texts.isEmpty()).as("%d bytes written", written).isEqualTo(!isWhole);
            liesWithoutChecksum += liesWithoutChecksum(slot) ? 1 : 0;
        }
        assertThat(liesWithoutChecksum)
                .as("a reader that trusts the numbers alone shows what was never written")
                .isPositive();
    }

    @Test
    void theExportedPositionStaysInTheFile() throws IOException {
        new Ring(path, true).write(entry(Source.KEEPER, "x"));
        assertThat(RingReader.exported(path)).isZero();

        RingReader.markExported(path, 42);

        assertThat(RingReader.exported(path)).isEqualTo(42);
        assertThat(RingReader.read(path)).hasSize(1);
    }

    /** What a reader without a checksum would make of a slot. */
    private static boolean liesWithoutChecksum(byte[] slot) {
        byte[] file = new byte[RingFormat.FILE_BYTES];
        int offset = RingFormat.offset(2);
        System.arraycopy(slot, 0, file, offset, slot.length);
        RingRecord seen = RingFormat.decode(file, offset);
        return seen != null
                && !seen.text().equals("the old text")
                && !seen.text().equals("the new one");
    }

    private void overwrite(int at, byte[] bytes) throws IOException {
        try (var channel = Files.newByteChannel(path, StandardOpenOption.WRITE)) {
            channel.position(at).write(ByteBuffer.wrap(bytes));
        }
    }

    private static RingRecord entry(Source source, String text) {
        return RingRecord.of(1_700_000_000_000L, source, Level.WARN, 7, "test.event", text);
    }
}
