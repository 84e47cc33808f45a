// One law: whatever the node can refuse a till is said here by its code, with the next step.

/** The words of the node's problems. */
export const problems = {
  'desk.problem.already-returned': 'Some of it came back already.',
  'desk.problem.already-reversed': 'That payment was undone before.',
  'desk.problem.approval-needed': 'A manager has to allow this.',
  'desk.problem.bad-field': 'Something in it is not valid. Correct it and try again.',
  'desk.problem.bad-price': 'An amount is not right. Correct it and try again.',
  'desk.problem.bad-quantity': 'A quantity is not right. Correct it and try again.',
  'desk.problem.bad-tender': 'The parts do not add up to the refund.',
  'desk.problem.conflict': 'It was done otherwise before. Look again and decide anew.',
  'desk.problem.count-undecided': 'Decide what happens to what was not counted, then close again.',
  'desk.problem.device-bad-data':
    'The device answered something unreadable. Switch it off and on, then try again.',
  'desk.problem.device-busy': 'The device is at work. Try again in a moment.',
  'desk.problem.device-cover-open': "The printer's cover is open. Close it.",
  'desk.problem.device-failed': 'The device could not do this. Look at it and try again.',
  'desk.problem.device-hardware': 'The device reports a failure. Look at its display or lamp.',
  'desk.problem.device-in-doubt':
    'Nobody knows whether it was printed. Look at the paper before you print again.',
  'desk.problem.device-lost': 'The device does not answer. Check its power and cable.',
  'desk.problem.device-not-ready':
    'The device is not ready: goods on the scale, paper in the printer?',
  'desk.problem.device-paper-empty': 'The printer is out of paper. Put a new roll in.',
  'desk.problem.device-refused': 'The device refused. Look at it and try again.',
  'desk.problem.device-timeout': 'The device did not answer in time. Look at it and try again.',
  'desk.problem.entry-late': 'It was written down too late: count it again.',
  'desk.problem.held-sold': 'This basket was sold already.',
  'desk.problem.held-taken': 'Another till has taken this basket up.',
  'desk.problem.http-error':
    'The node gave no readable answer. Try again; if it stays, call support.',
  'desk.problem.internal':
    'The node failed on this. Try again: nothing is done twice. If it stays, call support.',
  'desk.problem.invalid': 'Something in it is not valid. Correct it and try again.',
  'desk.problem.malformed': 'The node could not read this. Reload the till, then try again.',
  'desk.problem.method-not-allowed':
    'The node does not know this. Reload the till: it may be older than the node.',
  'desk.problem.needs-approval':
    'These goods are worth more than you may write off. Have a manager log in and post them; the list stays.',
  'desk.problem.no-device':
    "No such device is set up for this till. A technician adds it in the node's edge.toml.",
  'desk.problem.no-shift': 'No shift is open. Open one first.',
  'desk.problem.not-allowed': 'Your role may not do this. Ask a manager.',
  'desk.problem.not-authenticated': 'The login has ended. Log in again.',
  'desk.problem.not-for-sale': 'This product is not for sale here.',
  'desk.problem.not-found': 'Nothing is known under that number.',
  'desk.problem.not-held': 'This card is not at this store. Headquarters has to send it first.',
  'desk.problem.not-now': 'Not now: something else has to be finished first.',
  'desk.problem.nothing-to-return': "More than that can't come back.",
  'desk.problem.out-of-stock': 'There is not that much of it.',
  'desk.problem.overloaded': 'The node has much to do. Try again in a moment.',
  'desk.problem.rights-short':
    'There is not enough left that this store can spend. Take less, or pay the rest another way.',
  'desk.problem.sale-voided': 'This sale was voided.',
  'desk.problem.sheet-closed': 'This count was closed by somebody.',
  'desk.problem.shift-closed': 'This shift was closed before.',
  'desk.problem.shift-open': 'A shift is open at this drawer already.',
  'desk.problem.store-closed': 'The node is shutting down. Try again when it is back.',
  'desk.problem.store-failed':
    'The node could not write this down. Try again: nothing is done twice.',
  'desk.problem.tender-short': 'The payments do not cover the total. Take the rest first.',
  'desk.problem.too-large': 'This is too much at once. Do it in smaller parts.',
  'desk.problem.too-many-listeners':
    'Too many screens listen to the node. Close those that nobody uses.',
  'desk.problem.too-many-lives':
    'This till was set up too often. Have support let it in under another name.',
  'desk.problem.too-many-tries': 'Too many wrong PINs. Wait a while, or ask a manager.',
  'desk.problem.unknown-document': 'No such document is known here.',
  'desk.problem.unknown-job': 'Nothing is known of this print or payment. Start it again.',
  'desk.problem.unknown-product': 'No such product is known here.',
  'desk.problem.unreachable': 'The node does not answer. Check its power and the network.',
  'desk.problem.wrong-media-type': 'The node could not read this. Reload the till, then try again.',
  'desk.problem.wrong-pin': 'Name or PIN is wrong. Try again.',
} as const;
