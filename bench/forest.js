// A regression forest as PMML text: `trees` complete trees of `depth` levels of splits over `features` fields.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

function randomSource(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function* forestText({ trees, depth, features, seed }) {
  const random = randomSource(seed);
  const names = Array.from({ length: features }, (_, index) => `feature_${index + 1}`);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4">\n';
  yield '\t<Header><Application name="samescore benchmark"/></Header>\n\t<DataDictionary>\n';
  yield '\t\t<DataField name="y" optype="continuous" dataType="double"/>\n';
  for (const name of names) yield `\t\t<DataField name="${name}" optype="continuous" dataType="double"/>\n`;
  yield '\t</DataDictionary>\n\t<MiningModel functionName="regression">\n\t\t<MiningSchema>\n';
  yield '\t\t\t<MiningField name="y" usageType="target"/>\n';
  for (const name of names) yield `\t\t\t<MiningField name="${name}"/>\n`;
  yield '\t\t</MiningSchema>\n\t\t<Segmentation multipleModelMethod="average">\n';
  for (let tree = 1; tree <= trees; tree++) {
    yield `\t\t\t<Segment id="${tree}">\n\t\t\t\t<True/>\n\t\t\t\t<TreeModel functionName="regression" missingValueStrategy="none" noTrueChildStrategy="returnNullPrediction" splitCharacteristic="binarySplit">\n`;
    yield '\t\t\t\t\t<MiningSchema>\n';
    for (const name of names) yield `\t\t\t\t\t\t<MiningField name="${name}"/>\n`;
    yield '\t\t\t\t\t</MiningSchema>\n';
    let id = 0;
    const node = function* (level, predicate) {
      const indent = '\t'.repeat(level + 5);
      const score = (random() * 2000 - 1000).toString();
      const count = Math.floor(random() * 10000);
      yield `${indent}<Node id="${++id}" score="${score}" recordCount="${count}.0">\n${indent}\t${predicate}\n`;
      if (level < depth) {
        const name = names[Math.floor(random() * features)];
        const value = (random() * 20 - 10).toString();
        for (const operator of ['lessOrEqual', 'greaterThan']) {
          yield* node(level + 1, `<SimplePredicate field="${name}" operator="${operator}" value="${value}"/>`);
        }
      }
      yield `${indent}</Node>\n`;
    };
    yield* node(0, '<True/>');
    yield '\t\t\t\t</TreeModel>\n\t\t\t</Segment>\n';
  }
  yield '\t\t</Segmentation>\n\t</MiningModel>\n</PMML>\n';
}

/** Writes the forest to a file in large chunks. */
export async function writeForest(path, options) {
  const file = createWriteStream(path);
  let chunk = [];
  let size = 0;
  for (const text of forestText(options)) {
    chunk.push(text);
    size += text.length;
    if (size < 1 << 20) continue;
    if (!file.write(chunk.join(''))) await once(file, 'drain');
    chunk = [];
    size = 0;
  }
  file.end(chunk.join(''));
  await once(file, 'finish');
}
