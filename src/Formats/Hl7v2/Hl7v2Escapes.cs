using System.Buffers;
using System.Buffers.Text;
using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Hl7v2;

/// <summary>HL7 v2 escape sequences (section 2.7). What is none of them stays as it was sent.</summary>
internal sealed class Hl7v2Escapes
{
    private const int MaxBlanks = 100;

    private readonly BadBytes _bad = new();
    private readonly ByteBuffer _text = new();
    private readonly ByteBuffer _bytes = new();

    /// <summary>The text with its escapes resolved; valid until the next call.</summary>
    /// <param name="encoding">Encoding of the bytes in <c>\X…\</c>: that of the message.</param>
    /// <param name="lines">True when repetitions are lines of one text.</param>
    public ReadOnlySpan<byte> Resolve(ReadOnlySpan<byte> value, Delimiters delimiters, TextEncoding encoding, bool lines)
    {
        _text.Clear();
        while (!value.IsEmpty)
        {
            var special = Next(value, delimiters, lines);
            if (special < 0) break;
            _text.Add(value[..special]);
            value = value[special..];
            if (lines && value[0] == delimiters.Repetition)
            {
                _text.Add((byte)'\n');
                value = value[1..];
                continue;
            }

            var length = value[1..].IndexOf(delimiters.Escape);
            if (length >= 0 && TryResolve(value.Slice(1, length), delimiters, encoding))
            {
                value = value[(length + 2)..];
            }
            else
            {
                _text.Add(value[0]);
                value = value[1..];
            }
        }

        _text.Add(value);
        return _text.Written;
    }

    private static int Next(ReadOnlySpan<byte> value, Delimiters delimiters, bool lines)
    {
        if (!lines || delimiters.Repetition == 0) return delimiters.Escape == 0 ? -1 : value.IndexOf(delimiters.Escape);
        return delimiters.Escape == 0 ? value.IndexOf(delimiters.Repetition) : value.IndexOfAny(delimiters.Escape, delimiters.Repetition);
    }

    private bool TryResolve(ReadOnlySpan<byte> escape, Delimiters delimiters, TextEncoding encoding)
    {
        if (escape.IsEmpty) return false;
        if (escape.Length == 1) return TryDelimiter(escape[0], delimiters);
        if (escape[0] == 'X') return TryHex(escape[1..], encoding);
        return escape[0] == '.' && TryFormat(escape[1..]);
    }

    private bool TryDelimiter(byte letter, Delimiters delimiters)
    {
        var delimiter = letter switch
        {
            (byte)'F' => delimiters.Field,
            (byte)'S' => delimiters.Component,
            (byte)'R' => delimiters.Repetition,
            (byte)'E' => delimiters.Escape,
            (byte)'T' => delimiters.Subcomponent,
            (byte)'P' => delimiters.Truncation,
            _ => (byte)0,
        };
        if (delimiter != 0) _text.Add(delimiter);

        // Highlighting (H, N) has no meaning in plain text.
        return delimiter != 0 || letter is (byte)'H' or (byte)'N';
    }

    private bool TryHex(ReadOnlySpan<byte> digits, TextEncoding encoding)
    {
        if (digits.IsEmpty || digits.Length % 2 == 1) return false;
        _bytes.Clear();
        var bytes = _bytes.Free(digits.Length / 2);
        if (Convert.FromHexString(digits, bytes, out _, out var count) != OperationStatus.Done) return false;
        _bad.Clear();
        encoding.Transcode(bytes[..count], _text.Free(TextEncoding.TargetLength(count)), final: true, _bad, out _, out var written);
        if (_bad.Count > 0) return false;
        _text.Advance(written);
        return true;
    }

    /// <summary>Formatting commands of FT: those that break a line do, <c>.sk</c> gives blanks, indents and fill modes give nothing.</summary>
    private bool TryFormat(ReadOnlySpan<byte> command)
    {
        if (command.Length < 2) return false;
        var name = command[..2];
        var number = command[2..];
        if (number.Length > 0 && number[0] == '+') number = number[1..];
        var count = 1;
        if (!number.IsEmpty && (!Utf8Parser.TryParse(number, out count, out var used) || used != number.Length)) return false;
        count = Math.Clamp(count, 0, MaxBlanks);
        if (name.SequenceEqual("br"u8) || name.SequenceEqual("ce"u8)) _text.Add((byte)'\n');
        else if (name.SequenceEqual("sp"u8)) Repeat((byte)'\n', count);
        else if (name.SequenceEqual("sk"u8)) Repeat((byte)' ', count);
        else return name.SequenceEqual("in"u8) || name.SequenceEqual("ti"u8) || name.SequenceEqual("fi"u8) || name.SequenceEqual("nf"u8);
        return true;
    }

    private void Repeat(byte value, int count)
    {
        for (var i = 0; i < count; i++) _text.Add(value);
    }
}
