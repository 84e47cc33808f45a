// The till computes what the node computes: these examples were made by the node's own code.
import { describe, expect, it } from 'vitest';
import { readBarcode } from '../../src/core/barcode';
import { addedTax, includedTax, lineAmount, spread } from '../../src/core/money';
import barcodes from './vectors/barcodes.json';
import lines from './vectors/lines.json';
import shares from './vectors/spread.json';

const TEMPLATES = ['28PPPPPMMMMMC', '29PPPPPWWWWWC', '27PPPPPXQQQQC', '2099PPPP'];

describe('the node and the till agree', () => {
  it('on what lines come to', () => {
    for (const [given, wanted] of lines as [
      [number, number, number, number, number, boolean],
      number[],
    ][]) {
      const [quantity, price, per, off, ppm, added] = given;
      const base = lineAmount(quantity, price, per) - off;
      const tax = added ? addedTax(base, ppm) : includedTax(base, ppm);
      expect([given, [base, tax, added ? base + tax : base]]).toEqual([given, wanted]);
    }
  });

  it('on how an amount is spread', () => {
    for (const [given, wanted] of shares as [[number, number[]], number[]][])
      expect([given, spread(...given)]).toEqual([given, wanted]);
  });

  it('on what a barcode is', () => {
    for (const [given, wanted] of barcodes as [[string, boolean], unknown[]][]) {
      const [text, paying] = given;
      const read = readBarcode(text, { templates: TEMPLATES, exponent: 2, paying });
      const said = read.ok
        ? [read.kind, read.value, read.weightMg, read.priceMinor, read.count]
        : [read.code.replace('-', ' ')];
      expect([given, said]).toEqual([given, wanted]);
    }
  });
});
