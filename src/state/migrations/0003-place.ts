/** Where the project's folder was when its nonce was made; null in a file that did not note it yet. */
export const place = `
ALTER TABLE project ADD COLUMN place TEXT;
`;
