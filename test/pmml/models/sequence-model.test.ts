import { describe, expect, it } from 'vitest';
import { evaluatorOf } from './document.js';

function rules(delimiter: string): (history: string[][]) => unknown {
  const evaluator = evaluatorOf(
    `<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/><DataDictionary><DataField name="item" optype="categorical" dataType="string"/></DataDictionary><SequenceModel functionName="sequences" minimumSupport="0" minimumConfidence="0" numberOfItems="3" numberOfSets="3" numberOfSequences="2" numberOfRules="1"><MiningSchema><MiningField name="item"/></MiningSchema><Item id="1" value="a"/><Item id="2" value="b"/><Item id="3" value="c"/><Itemset id="A"><ItemRef itemRef="1"/></Itemset><Itemset id="BC"><ItemRef itemRef="2"/><ItemRef itemRef="3"/></Itemset><SetPredicate id="C" field="item" operator="supersetOf"><Array n="1" type="string">c</Array></SetPredicate><Sequence id="s"><SetReference setId="A"/>${delimiter}<SetReference setId="BC"/></Sequence><Sequence id="t"><SetReference setId="C"/></Sequence><SequenceRule id="r" numberOfSets="2" occurrence="1" support="0.5" confidence="0.5"><AntecedentSequence><SequenceReference seqId="s"/></AntecedentSequence><Delimiter delimiter="acrossTimeWindows" gap="unknown"/><ConsequentSequence><SequenceReference seqId="t"/></ConsequentSequence></SequenceRule></SequenceModel></PMML>`,
  );
  return (history) => evaluator.evaluate({ item: history }).$rules;
}

describe('a sequence rule fires', () => {
  it('when the sets of its antecedent are contained in order', () => {
    const fires = rules('<Delimiter delimiter="acrossTimeWindows" gap="unknown"/>');
    expect(fires([['a'], ['b', 'c']])).toEqual(['r']);
    expect(fires([['a', 'b'], ['c'], ['c', 'b', 'a']])).toEqual(['r']);
    expect(fires([['b', 'c'], ['a']])).toEqual([]);
    expect(fires([['a'], ['b'], ['c']])).toEqual([]);
    expect(fires([['a', 'b', 'c']])).toEqual([]);
  });

  it('without anything between the sets where there must be no gap', () => {
    const fires = rules('<Delimiter delimiter="acrossTimeWindows" gap="false"/>');
    expect(fires([['a'], ['b', 'c']])).toEqual(['r']);
    expect(fires([['a'], ['x'], ['b', 'c']])).toEqual([]);
    expect(fires([['a'], ['a'], ['b', 'c']])).toEqual(['r']);
  });

  it('within one transaction where the time window is the same', () => {
    const fires = rules('<Delimiter delimiter="sameTimeWindow" gap="unknown"/>');
    expect(fires([['a', 'b', 'c']])).toEqual(['r']);
  });
});
