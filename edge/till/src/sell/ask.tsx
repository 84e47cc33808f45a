// One law: a question is a promise of its answer; the uppermost is answered first, and putting it
// away is an answer too (null).
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Fragment } from 'preact';

type Draw<T> = (answer: (value: T | null) => void) => JSX.Element;

const open = signal<readonly { id: number; draw: () => JSX.Element; end: () => void }[]>([]);
let lastId = 0;

/** Ask something; `draw` shows the dialog and calls `answer` once, with null for "never mind". */
export function ask<T>(draw: Draw<T>): Promise<T | null> {
  lastId += 1;
  const id = lastId;
  return new Promise((resolve) => {
    const answer = (value: T | null): void => {
      open.value = open.value.filter((question) => question.id !== id);
      resolve(value);
    };
    open.value = [...open.value, { id, draw: () => draw(answer), end: () => answer(null) }];
  });
}

/** Whether a question waits for its answer. */
export const isAsking = (): boolean => open.value.length > 0;

/** Put all questions away, as leaving the page does. */
export function dropQuestions(): void {
  for (const question of open.value) question.end();
}

/** Where questions appear; once per page. */
export function QuestionHost(): JSX.Element {
  return (
    <>
      {open.value.map((question) => (
        <Fragment key={question.id}>{question.draw()}</Fragment>
      ))}
    </>
  );
}
