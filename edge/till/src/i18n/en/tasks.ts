// One law: whatever the node puts on the worklist is said here by its code, with its values.

/** The sentences of the worklist. */
export const tasks = {
  'stock.task.reserved-sold': '{quantity} reserved for online orders went over the counter.',
  'stock.task.unknown-sku': 'No product has this number.',
  'stock.task.price':
    'Sold at {sold_minor} per {sold_quantity}, the price is {price_minor} per {price_quantity}. Nobody approved.',
  'stock.task.discount':
    '{off_minor} off {gross_minor} by hand is over the limit. Nobody approved.',
  'stock.task.tax': 'Taxed at {sold_ppm}, the rate is {rate_ppm}.',
  'stock.task.receipt-number': '{receipt} is on another sale too.',
  'stock.task.shift-unknown': '{drawer} has no shift {shift} here.',
  'stock.task.shift-closed': 'Shift {shift} of {drawer} was closed: see its next Z report.',
  'stock.task.pay-out': 'Cash was paid out at {drawer}. Nobody approved.',
  'stock.task.no-sale': 'The drawer of {drawer} was opened without a sale. Nobody approved.',
  'stock.task.rounding':
    '{rounding_minor} were rounded in cash, at most {most_minor} may be: look at the receipt.',
  'stock.task.clock-ahead': 'The clock of {till} is {minutes} minutes ahead: set it right.',
  'stock.task.clock-behind': 'The clock of {till} is {minutes} minutes behind: set it right.',
  'stock.task.stranded':
    'The node refused a document of {till}: see entry {entry} of its quarantine.',
  'stock.task.receipt': '{fact}: the number of its receipt or shift was used before.',
  'stock.task.twice': 'This document was recorded in {first} and in {second}: void one.',
  'stock.task.catalogue':
    'Its barcode {gtin} is no GTIN and was left out: have headquarters correct it.',
  'stock.task.card-not-credited':
    '{sold_minor} could not be credited to gift card {card}: headquarters can issue it.',
  'stock.task.card-void':
    '{receipt} was voided, and {charged_minor} are still charged on {card} at {terminal}, its receipt {slip}. Open the receipt and undo it, or refund it at the terminal.',
  'stock.task.card-refund':
    '{receipt}: {refund_minor} have not gone back to the card yet. Open it under “Receipts and documents” and pay back at the terminal ({terminal}), or refund it there by hand.',
  'stock.task.card-unbacked':
    '{receipt} says {refund_minor} went to a card, and no return with a terminal is behind it. Ask the cashier; if it is owed, refund it by hand.',
  'stock.task.card-wrong':
    '{terminal} paid back {back_minor} instead of {charged_minor}, its receipt {slip}. It may have undone another customer’s payment: look at its receipts.',
  'stock.task.points-not-credited':
    '{points} points could not be credited to {member}: headquarters can issue them.',
  'stock.task.not-refunded': '{refund_minor} refunded to {tender} went nowhere: issue them anew.',
  'stock.task.not-taken-back':
    '{spent_minor} of gift card {card} were spent or passed on before they were taken back.',
  'stock.task.serial-here': '{serial} came in, though the books have it here already.',
  'stock.task.serial-gone': '{serial} left, though it had left before.',
  'stock.task.serial-unknown': '{serial} left, though the books never had it.',
  'stock.task.serial-foreign': '{serial} came back without a receipt; it was not sold here.',
  'stock.task.serial-twice': '{serial} is in one document twice.',
  'stock.task.count': 'Not counted for sure ({sheet}): count it again.',
  'stock.task.damaged': '{quantity} came damaged.',
  'stock.task.claim': '{quantity} came damaged and are claimed.',
  'stock.task.order-unknown': 'Nothing is known of the order {order}.',
  'stock.task.transfer-unknown': 'Nothing is known of the transfer {transfer} from {store}.',
  'stock.task.over-order': '{came_quantity} came, {expected_quantity} were ordered ({order}).',
  'stock.task.over-transfer': '{came_quantity} came, {expected_quantity} were sent ({store}).',
  'stock.task.unordered': '{came_quantity} came, none was ordered ({order}).',
  'stock.task.unsent': '{came_quantity} came, none was sent ({store}).',
  'stock.task.late-order': 'It came after the order {order} had ended.',
  'stock.task.late-transfer': 'It came after the transfer {transfer} had ended.',
  'stock.task.transfer-difference':
    '{store} reports ({reason}): {came_quantity} of {sent_quantity} came.',
  'stock.task.transfer-damage':
    '{store} reports ({reason}): {came_quantity} of {sent_quantity} came, {damaged_quantity} of them damaged.',
} as const;
