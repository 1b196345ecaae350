using System.Collections.Frozen;
using System.Globalization;
using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Lake.DuckDb.Queries;

/// <summary>How the constants of a statement are written: as parameters of it, or as literals inside it.</summary>
/// <param name="survivors">Merged subject → the one under which its rows are found: who asks for a subject asks for the person.</param>
internal abstract class SqlValues(FrozenDictionary<ulong, ulong> survivors)
{
    /// <summary>More values are joined.</summary>
    public const int LongestList = 64;

    /// <summary>SQL that stands for a value: string, long, double, decimal, bool, DateOnly, DateTime, TimeOnly, ulong (a subject) or UInt128.</summary>
    public string Write(object value) => value switch
    {
        UInt128 key => $"{WritePlain(key.ToString(CultureInfo.InvariantCulture))}::UHUGEINT",
        ulong subject => WritePlain(survivors.GetValueOrDefault(subject, subject)),
        _ => WritePlain(value),
    };

    /// <summary>True of as many values as are joined.</summary>
    public static bool IsJoined(int values) => values > LongestList;

    /// <summary>SQL that stands for some values behind <c>IN (</c>. A short list finds its blocks of the table by itself, a long one is joined; many subjects are one constant, because binding each takes longer than finding it.</summary>
    public string List(IReadOnlyList<object> some)
    {
        if (IsJoined(some.Count) && some.All(v => v is ulong))
            return $"SELECT unnest({WritePlain($"[{string.Join(',', some.Cast<ulong>().Select(s => survivors.GetValueOrDefault(s, s).ToString(CultureInfo.InvariantCulture)))}]")}::UBIGINT[])";
        var items = string.Join(", ", some.Select(Write));
        return IsJoined(some.Count) && some.All(v => v is string) ? $"SELECT unnest([{items}])" : items;
    }

    protected abstract string WritePlain(object value);

    /// <summary>Parameters, numbered as they are written.</summary>
    public sealed class Parameters(FrozenDictionary<ulong, ulong> survivors) : SqlValues(survivors)
    {
        private readonly List<object?> _values = [];

        public IReadOnlyList<object?> Values => _values;

        protected override string WritePlain(object value)
        {
            _values.Add(value);
            return $"${_values.Count}";
        }
    }

    /// <summary>Literals, for statements that are put into another one.</summary>
    public sealed class Literals(FrozenDictionary<ulong, ulong> survivors) : SqlValues(survivors)
    {
        protected override string WritePlain(object value) => value switch
        {
            string text => SqlNames.Literal(text),
            DateTime moment => string.Create(CultureInfo.InvariantCulture, $"'{moment:yyyy-MM-dd HH:mm:ss.ffffff}'::TIMESTAMP"),
            ulong number => string.Create(CultureInfo.InvariantCulture, $"{number}::UBIGINT"),
            _ => throw new ArgumentException($"Nothing writes a {value.GetType().Name} as a literal.", nameof(value)),
        };
    }
}
