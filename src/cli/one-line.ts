import { stripVTControlCharacters } from 'node:util';

/** What a program wrote stands in some messages: its line breaks and control codes would spoil the picture. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/[\s\p{Cc}]+/gu, ' ');
}

/** The same of what may have several lines: they stay. */
export function manyLines(text: string): string {
  return stripVTControlCharacters(text).replace(/[^\P{Cc}\t\n]/gu, ' ');
}
