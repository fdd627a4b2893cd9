/** What browsers are shown: the control UI from a folder of files, or one plain page. */
@NullMarked
package dev.evergate.server.ui;

import org.jspecify.annotations.NullMarked;
