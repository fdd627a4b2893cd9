package dev.evergate.core.config.json5;

/** The lines of a text. Immutable. */
record Layout(String text) {
    /** Where the blanks of a line begin that end at {@code offset}. */
    int blankBefore(int offset) {
        int at = offset;
        while (at > 0 && isBlankInLine(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    /** Where the blanks of a line end that begin at {@code offset}. */
    int blankAfter(int offset) {
        int at = offset;
        while (at < text.length() && isBlankInLine(text.charAt(at))) {
            at++;
        }
        return at;
    }

    boolean isLineStart(int offset) {
        return offset == 0 || Cursor.isLineEnd(text.charAt(offset - 1));
    }

    boolean isLineEnd(int offset) {
        return offset == text.length() || Cursor.isLineEnd(text.charAt(offset));
    }

    /** Whether nothing but blanks stands before it on its line. */
    boolean beginsItsLine(int offset) {
        return isLineStart(blankBefore(offset));
    }

    /** With what the line begins that holds {@code offset}: nothing but blanks. */
    String indentation(int offset) {
        int start = offset;
        while (!isLineStart(start)) {
            start--;
        }
        return text.substring(start, Math.min(offset, blankAfter(start)));
    }

    /** Behind the line end that stands at {@code offset}. */
    int nextLine(int offset) {
        if (offset == text.length()) {
            return offset;
        }
        return text.startsWith("\r\n", offset) ? offset + 2 : offset + 1;
    }

    /**
     * Behind what people write after a value on its line: comments, as long as nothing else follows
     * that such a comment could belong to.
     *
     * @param wholeLine whether a comment that ends with the line is passed over, too
     */
    int afterRemarks(int offset, boolean wholeLine) {
        int end = offset;
        while (true) {
            int at = blankAfter(end);
            if (text.startsWith("/*", at)) {
                int close = text.indexOf("*/", at + 2) + 2;
                if (text.substring(at, close).chars().anyMatch(Cursor::isLineEnd)) {
                    return end;
                }
                end = close;
            } else if (text.startsWith("//", at) && wholeLine) {
                while (!isLineEnd(at)) {
                    at++;
                }
                return at;
            } else {
                return end;
            }
        }
    }

    boolean isBlank(int start, int end) {
        return text.substring(start, end).chars().allMatch(Cursor::isBlank);
    }

    private static boolean isBlankInLine(char c) {
        return Cursor.isBlank(c) && !Cursor.isLineEnd(c);
    }
}
