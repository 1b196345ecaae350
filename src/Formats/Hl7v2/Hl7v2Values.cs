using Yunnao.Formats.Encodings;

namespace Yunnao.Formats.Hl7v2;

/// <summary>Values at paths of the message at hand.</summary>
internal sealed class Hl7v2Values
{
    private readonly Hl7v2Escapes _escapes = new();

    /// <summary>Encoding the message was sent in.</summary>
    public TextEncoding Encoding { get; set; } = TextEncoding.Utf8;

    /// <summary>The first value at a path in a segment, unescaped; false when there is none. Valid until the next call.</summary>
    public bool TryFirst(ReadOnlySpan<byte> text, Hl7v2Message message, int segment, Hl7v2Path path, out ReadOnlySpan<byte> value) =>
        Find(text, message, segment, path, null, out value);

    /// <summary>True when the condition holds for the segment; every repetition that the path allows is looked at.</summary>
    public bool Holds(ReadOnlySpan<byte> text, Hl7v2Message message, int segment, Hl7v2Condition condition)
    {
        var test = condition.Test.Kind == ConditionKind.Exists ? null : condition.Test;
        var found = segment >= 0 && Find(text, message, segment, condition.Path, test, out _);
        return found != (condition.Test.Kind == ConditionKind.NotIn);
    }

    private bool Find(
        ReadOnlySpan<byte> text, Hl7v2Message message, int segment, Hl7v2Path path, Condition? test, out ReadOnlySpan<byte> value)
    {
        var delimiters = message.Delimiters;
        var field = message.Field(text, segment, path.Field);
        value = field;
        if (field.IsEmpty) return false;
        if (path.Segment == SegmentName.Msh && path.Field <= 2) return test is null || test.Names(field);
        if (path.IsFreeText && IsText(text, message, segment, path))
            return path.Component <= 1 && path.Subcomponent <= 1 && IsValue(field, delimiters, true, test, out value);
        for (var number = 1; !field.IsEmpty; number++)
        {
            var repetition = Take(ref field, delimiters.Repetition);
            if (path.Repetition != 0 && path.Repetition != number) continue;
            if (path.FilterComponent != 0 && !Passes(repetition, delimiters, path)) continue;
            var part = Part(repetition, delimiters, path.Component, path.Subcomponent);
            if (IsValue(part, delimiters, false, test, out value)) return true;
        }

        return false;
    }

    /// <summary>True when the text is a value (not empty, not the HL7 null <c>""</c>) and passes the test.</summary>
    private bool IsValue(ReadOnlySpan<byte> part, Delimiters delimiters, bool lines, Condition? test, out ReadOnlySpan<byte> value)
    {
        value = part;
        if (part.IsEmpty || part.SequenceEqual("\"\""u8)) return false;
        if ((delimiters.Escape != 0 && part.Contains(delimiters.Escape)) || (lines && part.Contains(delimiters.Repetition)))
            value = _escapes.Resolve(part, delimiters, Encoding, lines);
        return !value.IsEmpty && (test is null || test.Names(value));
    }

    private bool Passes(ReadOnlySpan<byte> repetition, Delimiters delimiters, Hl7v2Path path)
    {
        var part = Part(repetition, delimiters, path.FilterComponent, path.FilterSubcomponent);
        return IsValue(part, delimiters, false, null, out var value) && value.SequenceEqual(path.FilterValue);
    }

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> repetition, Delimiters delimiters, int component, int subcomponent)
    {
        var part = Nth(repetition, delimiters.Component, component);
        return Nth(part, delimiters.Subcomponent, subcomponent);
    }

    private static ReadOnlySpan<byte> Nth(ReadOnlySpan<byte> text, byte delimiter, int number)
    {
        while (number > 1 && !text.IsEmpty)
        {
            Take(ref text, delimiter);
            number--;
        }

        return Take(ref text, delimiter);
    }

    /// <summary>Takes what is before the next delimiter, and the delimiter, off the front.</summary>
    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> text, byte delimiter)
    {
        var at = delimiter == 0 ? -1 : text.IndexOf(delimiter);
        var part = at < 0 ? text : text[..at];
        text = at < 0 ? default : text[(at + 1)..];
        return part;
    }

    /// <summary>
    /// True for a field whose type has no components: NTE-3, and OBX-5 where OBX-2 names such a type (or none, and the path no component).
    /// </summary>
    private static bool IsText(ReadOnlySpan<byte> text, Hl7v2Message message, int segment, Hl7v2Path path)
    {
        if (path.Segment != SegmentName.Obx) return true;
        var type = message.Field(text, segment, 2);
        return type.Length switch
        {
            0 => path.Component == 0,
            2 => type[0] switch
            {
                (byte)'S' => type[1] is (byte)'T' or (byte)'I',
                (byte)'T' => type[1] is (byte)'X' or (byte)'M' or (byte)'S',
                (byte)'F' => type[1] == 'T',
                (byte)'N' => type[1] == 'M',
                (byte)'D' => type[1] == 'T',
                (byte)'I' => type[1] is (byte)'S' or (byte)'D',
                _ => false,
            },
            3 => type.SequenceEqual("DTM"u8),
            _ => false,
        };
    }
}
