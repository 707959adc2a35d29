'use strict';

/** Names of files are the app's, and must not move the cursor of a terminal. */
function printable(text) {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}

function placeOf({ file, line }) {
  if (file === undefined) return '';
  return `${line === undefined ? file : `${file}:${line}`}  `;
}

function factsOf({ scanned, versions, runtime, redis }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const lines = [
    `node       ${runtime.node} on ${runtime.platform}`,
    `addon      ${runtime.addon ?? 'could not be loaded'}`,
    `app        ${packages.join(', ') || 'none of the packages that matter here'}`,
    `looked at  ${scanned.files} source files${scanned.large > 0 ? `; ${scanned.large} too large were not read` : ''}`,
  ];
  if (redis !== undefined) lines.push(`redis      ${redis.version ?? 'unknown'}, ${redis.policy ?? 'unknown policy'}`);
  return lines;
}

function asText(result) {
  const blocks = result.findings.map((finding) =>
    `${placeOf(finding)}look at ${finding.look}\n    in 4:   ${finding.differs}\n    write:  ${finding.write}`);
  const count = result.findings.length;
  const summary = count === 0 ? 'nothing found' : `${count} thing${count === 1 ? '' : 's'} to look at`;
  const text = [factsOf(result).join('\n'), ...blocks, `${summary}\n`].join('\n\n');
  return text.split('\n').map(printable).join('\n');
}

module.exports = { asText };
