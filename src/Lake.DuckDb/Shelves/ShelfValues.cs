using System.Globalization;
using System.Text;
using Yunnao.Lake.DuckDb.Functions;
using Yunnao.Lake.Queries;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Compile;

namespace Yunnao.Lake.DuckDb.Shelves;

/// <summary>The columns of some rows as a Scope shows them: what <see cref="Queries.ScopedSelect.Shown"/> writes for the engine. Used by one answer.</summary>
/// <param name="only">The only rows that are shown, in this order; null for all.</param>
internal sealed class ShelfValues(ShelfRows rows, ReadOnlyMemory<byte> pseudonymKey, ITextRedactor? redactor, IReadOnlyList<int>? only = null)
{
    private const long MicrosecondsOfDay = 86_400_000_000;

    private static readonly int s_epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;

    private readonly Dictionary<string, ShownValues> _shown = new(StringComparer.Ordinal);
    private readonly int _count = only?.Count ?? rows.Count;
    private byte[]? _key;

    /// <summary>True when a value or a column was met that only the engine can show: the answer is to be thrown away.</summary>
    public bool LeavesOff { get; private set; }

    /// <summary>The record keys, which a cursor needs.</summary>
    public ShownValues Key => Stored(SystemColumns.Record);

    /// <summary>A column as the Scope shows it.</summary>
    public ShownValues Of(ScopedColumn column) => _shown.TryGetValue(column.Name, out var known) ? known : _shown[column.Name] = Show(column);

    /// <summary>A column as it is stored; nothing but NULL where the table does not have it.</summary>
    public ShownValues Stored(string name, string sqlType = "VARCHAR")
    {
        if (ShelfLayout.Find(rows.Columns, name) is >= 0 and var at)
        {
            var held = new ShownValues(rows.Columns[at], rows.Read(at));

            // Whether the engine shows the sign of a zero depends on how it sorts.
            LeavesOff |= held.Type.Type == ShelfType.Double && System.Array.Exists(held.Values, v => v.IsThere && v.Double == 0 && double.IsNegative(v.Double));
            return only is null ? held : held with { Values = [.. only.Select(row => held.Values[row])] };
        }

        if (ShelfColumn.Of(name, sqlType) is { } type) return new(type, new ShelfValue[_count]);
        LeavesOff = true;
        return Nothing();
    }

    /// <summary>Record keys in decimal digits.</summary>
    public static ShownValues Digits(ShownValues keys) => Each(ShelfType.Text, keys, v => Text(v.Key.ToString(CultureInfo.InvariantCulture)));

    private ShownValues Show(ScopedColumn column)
    {
        var stored = Stored(column.Physical.Name, column.Physical.SqlType);
        return (column.Action, column.Stored) switch
        {
            (ItemAction.Clear, _) => stored,
            (ItemAction.Mask, ValueKind.Text) => Each(ShelfType.Text, stored, v => Mask(v.Text)),
            (ItemAction.Generalise, ValueKind.Date) => Each(ShelfType.Date, stored, v => Month(v.Long)),
            (ItemAction.Generalise, ValueKind.Timestamp) => Each(ShelfType.Date, stored, v => Month(Math.DivRem(v.Long, MicrosecondsOfDay) is var (day, left) && left < 0 ? day - 1 : day)),
            (ItemAction.Generalise, ValueKind.Number) => Bands(stored, column.Generalisation as Generalisation.Band ?? new(10)),
            (ItemAction.Generalise, ValueKind.Text) => Coarser(stored, column.Generalisation),
            (ItemAction.Redact, ValueKind.Text) => redactor is null ? Nothing() : Redacted(stored, redactor),
            (ItemAction.Pseudonym, _) => Pseudonyms(stored),
            _ => Nothing(),
        };
    }

    private static ShownValues Each(ShelfType type, ShownValues stored, Func<ShelfValue, ShelfValue> show) =>
        new(ShelfColumn.Shown(type), System.Array.ConvertAll(stored.Values, v => v.IsThere ? show(v) : default));

    private ShownValues Nothing() => new(ShelfColumn.Shown(ShelfType.Text), new ShelfValue[_count]);

    private ShelfValue Leave()
    {
        LeavesOff = true;
        return default;
    }

    private static ShelfValue Text(string text) => ShelfValue.Of(Encoding.UTF8.GetBytes(text));

    private ShownValues Redacted(ShownValues stored, ITextRedactor by)
    {
        var subjects = Stored(SystemColumns.Subject).Values;
        return new(ShelfColumn.Shown(ShelfType.Text), [.. stored.Values.Select((v, row) => v.IsThere ? Redact(by, v.Text, subjects[row].Unsigned) : default)]);
    }

    private ShelfValue Redact(ITextRedactor by, ReadOnlyMemory<byte> text, ulong subject)
    {
        try
        {
            return Text(by.Redact(Encoding.UTF8.GetString(text.Span), subject));
        }
        catch (Exception)
        {
            // The engine tells of it as a problem, in which there is no value.
            return Leave();
        }
    }

    private static ShelfValue Mask(ReadOnlyMemory<byte> text)
    {
        var first = Left(text, 1);
        return ShelfValue.Of(first.Length == text.Length ? "**"u8.ToArray() : (byte[])[.. first.Span, .. "**"u8]);
    }

    /// <summary>The first day of the month of a day.</summary>
    private ShelfValue Month(long day)
    {
        if (day + s_epoch < DateOnly.MinValue.DayNumber || day + s_epoch > DateOnly.MaxValue.DayNumber) return Leave();
        var of = DateOnly.FromDayNumber((int)day + s_epoch);
        return ShelfValue.Of(day - of.Day + 1);
    }

    private ShownValues Bands(ShownValues stored, Generalisation.Band band)
    {
        return Each(ShelfType.BigInt, stored, v =>
        {
            double? number = stored.Type.Type switch { ShelfType.Double => v.Double, ShelfType.Integer or ShelfType.BigInt => v.Long, _ => null };
            const double Most = 1L << 52;
            if (number is not { } value || band.Width <= 0 || !(Math.Abs(value) < Most)) return Leave();
            var lower = (long)Math.Floor(value / band.Width) * band.Width;
            return ShelfValue.Of(band.Top is { } top ? Math.Min(lower, top) : lower);
        });
    }

    private ShownValues Coarser(ShownValues stored, Generalisation? generalisation)
    {
        if (generalisation is not Generalisation.Ranges ranges)
        {
            var length = generalisation is Generalisation.Prefix prefix ? prefix.Length : 3;
            return Each(ShelfType.Text, stored, v => length < 0 ? Leave() : ShelfValue.Of(Left(v.Text, length)));
        }

        var groups = ranges.Of.Select(r => (From: Text(r.From), To: Text(r.To + char.ConvertFromUtf32(0x10FFFF)), Group: Text(r.Group))).ToArray();
        return Each(ShelfType.Text, stored, v =>
            groups.FirstOrDefault(g => ShelfValue.Compare(ShelfType.Text, v, g.From) >= 0 && ShelfValue.Compare(ShelfType.Text, v, g.To) <= 0).Group);
    }

    /// <summary>The first characters of a text.</summary>
    private static ReadOnlyMemory<byte> Left(ReadOnlyMemory<byte> text, int characters)
    {
        var utf8 = text.Span;
        for (var i = 0; i < utf8.Length; i++)
        {
            // All bytes of a character but its first begin with the bits 10.
            if ((utf8[i] & 0xC0) != 0x80 && characters-- == 0) return text[..i];
        }

        return text;
    }

    /// <summary>A value as the engine writes it as text; null for a type of which only the engine knows that.</summary>
    private ReadOnlyMemory<byte>? Written(ShelfType type, ShelfValue value)
    {
        switch (type)
        {
            case ShelfType.Text: return value.Text;
            case ShelfType.Integer or ShelfType.BigInt: return Encoding.UTF8.GetBytes(value.Long.ToString(CultureInfo.InvariantCulture));
            case ShelfType.UnsignedBigInt or ShelfType.UnsignedHugeInt: return Encoding.UTF8.GetBytes(value.Key.ToString(CultureInfo.InvariantCulture));
            case ShelfType.Boolean: return value.Long == 0 ? "false"u8.ToArray() : "true"u8.ToArray();
            case ShelfType.Date when value.Long + s_epoch >= DateOnly.MinValue.DayNumber && value.Long + s_epoch <= DateOnly.MaxValue.DayNumber:
                return Encoding.UTF8.GetBytes(DateOnly.FromDayNumber((int)value.Long + s_epoch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            default:
                LeavesOff = true;
                return null;
        }
    }

    /// <summary>A value that follows itself, as a person does, is not hashed again.</summary>
    private ShownValues Pseudonyms(ShownValues stored)
    {
        var (last, made) = (default(ShelfValue), default(ShelfValue));
        return Each(ShelfType.Text, stored, v =>
        {
            if (last.IsThere && ShelfValue.Compare(stored.Type.Type, last, v) == 0) return made;
            (last, made) = (v, Written(stored.Type.Type, v) is { } text ? Pseudonymise(text.Span) : default);
            return made;
        });
    }

    private ShelfValue Pseudonymise(ReadOnlySpan<byte> text)
    {
        _key ??= Encoding.UTF8.GetBytes(Convert.ToHexStringLower(pseudonymKey.Span));
        return ShelfValue.Of(Pseudonym.Of(_key, text));
    }
}
