/**
 * The gateway as a service: pure decisions from facts about the machine to files and commands of
 * systemd, launchd and Windows' task scheduler, and one seam that carries them out.
 */
@NullMarked
package dev.evergate.app.cli.service;

import org.jspecify.annotations.NullMarked;
