/** Where the words of a statement are: end words, span, source, and the link that opens the page at them. */

import { web, words } from "../data/cite";
import type { Data, Receipt, Statement } from "../data/model";
import { passage } from "../data/offsets";
import { Outside } from "./thing";

function Quoted({ receipt }: { receipt: Receipt }) {
  const { sentence, whole } = receipt;
  const stretch = passage(receipt);
  if (sentence && stretch) {
    return (
      <q class="sentence">
        {sentence.slice(0, stretch[0])}
        <mark>{sentence.slice(...stretch)}</mark>
        {sentence.slice(stretch[1])}
      </q>
    );
  }
  if (sentence) return <q class="sentence">{sentence}</q>;
  return whole ? <span class="words">{words(receipt)}</span> : <q class="words">{words(receipt)}</q>;
}

function Where({ receipt, address }: { receipt: Receipt; address: string }) {
  return (
    <span class="where">
      <cite>
        <bdi>
          <Outside address={address} text={receipt.title} />
        </bdi>
      </cite>
      {!receipt.whole && (
        <span class="span" title="Unicode code points of the source's text">
          , characters {receipt.start}–{receipt.end}
        </span>
      )}
    </span>
  );
}

/** The receipts of a statement. */
export function Receipts({ statement, data }: { statement: Statement; data: Data }) {
  return (
    <ul class="receipts">
      {statement.receipts.map((receipt, place) => {
        const address = data.sources.find((source) => source.id === receipt.source)?.address ?? "";
        const link = web(receipt.link);
        return (
          <li key={place} class="receipt">
            <bdi>
              <Quoted receipt={receipt} />
            </bdi>{" "}
            <Where receipt={receipt} address={address} />
            {link && !receipt.whole && (
              <>
                {" "}
                <a class="open-words" href={link} target="_blank" rel="noopener noreferrer">
                  Open at these words
                </a>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
