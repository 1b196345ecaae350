using Hl7.Fhir.ElementModel;
using Hl7.Fhir.Model;
using Hl7.FhirPath.Expressions;
using Hl7.FhirPath.Functions;
using P = Hl7.Fhir.ElementModel.Types;

namespace Yunnao.Services.FhirPath;

/// <summary>
/// Quantities of different units (FHIRPath N1, 6.1.1, 6.2 and 6.6): compared, multiplied and divided in the base units of UCUM. Durations of the calendar
/// that are always as long, from weeks down, are those of UCUM; years and months are only compared with each other. Equivalence (<c>~</c>) is left as the
/// SDK has it: a second function of that name would yield nothing where one side is empty, and <c>~</c> yields false there.
/// </summary>
internal static class QuantityUnits
{
    private const int Digits = 20;

    private static readonly Dictionary<string, string> s_calendar = new(StringComparer.Ordinal)
    {
        ["week"] = "wk", ["day"] = "d", ["hour"] = "h", ["minute"] = "min", ["second"] = "s", ["millisecond"] = "ms",
    };

    /// <summary>Adds the operators; what is no quantity on both sides is treated as by those that are there already.</summary>
    public static void AddTo(SymbolTable symbols)
    {
        symbols.Add("binary.=", (object _, IEnumerable<PocoNode> a, IEnumerable<PocoNode> b) => Equal(a, b), doNullProp: true);
        symbols.Add("binary.!=", (object _, IEnumerable<PocoNode> a, IEnumerable<PocoNode> b) => !Equal(a, b), doNullProp: true);
        foreach (var (name, holds) in new (string, Func<int, bool>)[] { ("<", o => o < 0), ("<=", o => o <= 0), (">", o => o > 0), (">=", o => o >= 0) })
            symbols.Add($"binary.{name}", (object _, P.Any a, P.Any b) => a is P.Quantity one && b is P.Quantity other ? (Compared(one, other) is { } order ? holds(order) : null) : EqualityOperators.Compare(a, b, name), doNullProp: true);
        symbols.Add("binary.*", (object _, P.Any a, P.Any b) => Times(a, b), doNullProp: true);
        symbols.Add("binary./", (object _, P.Any a, P.Any b) => Divided(a, b), doNullProp: true);
        symbols.Add("comparable", (P.Quantity a, P.Quantity b) => UnitOf(a) is { } one && UnitOf(b) is { } other && one.Fits(other), doNullProp: true);
    }

    private static bool? Equal(IEnumerable<PocoNode> a, IEnumerable<PocoNode> b) => QuantityOf(a) is { } one && QuantityOf(b) is { } other ? (Compared(one, other) is { } order ? order == 0 : null) : a.IsEqualTo(b);

    /// <summary>The quantity that a collection is, a literal or one of a resource; null when it is something else.</summary>
    private static P.Quantity? QuantityOf(IEnumerable<PocoNode> collection)
    {
        var node = collection.Take(2).ToList() is [var only] ? only : null;
        return node is ITypedElement { Value: P.Quantity literal } ? literal : node?.Poco is Hl7.Fhir.Model.Quantity { Value: { } value } said ? new P.Quantity(value, said.Code ?? said.Unit ?? "1") : null;
    }

    private static object? Times(P.Any a, P.Any b) => (a, b) switch
    {
        (P.Integer one, P.Integer other) => checked(one.Value * other.Value),
        (P.Integer or P.Long, P.Integer or P.Long) => checked((long)(NumberOf(a)!.Value * NumberOf(b)!.Value)),
        (P.Quantity one, P.Quantity other) => Said(one, other, 1),
        (P.Quantity one, _) when NumberOf(b) is { } number => new P.Quantity(one.Value * number, one.Unit, one.System),
        (_, P.Quantity other) when NumberOf(a) is { } number => new P.Quantity(other.Value * number, other.Unit, other.System),
        _ => NumberOf(a) is { } left && NumberOf(b) is { } right ? left * right : throw new InvalidOperationException("What is multiplied are numbers and quantities."),
    };

    private static object? Divided(P.Any a, P.Any b) => (a, b) switch
    {
        (P.Quantity, P.Quantity { Value: 0 }) => null,
        (P.Quantity one, P.Quantity other) => Said(one, other, -1),
        _ when NumberOf(b) is 0 => null,
        (P.Quantity one, _) when NumberOf(b) is { } number => new P.Quantity(one.Value / number, one.Unit, one.System),
        _ => NumberOf(a) is { } left && NumberOf(b) is { } right ? left / right : throw new InvalidOperationException("What is divided are numbers and quantities."),
    };

    private static decimal? NumberOf(P.Any value) => value switch { P.Integer whole => whole.Value, P.Long whole => whole.Value, P.Decimal number => number.Value, _ => null };

    /// <summary>A product, or with -1 a quotient, in base units; null where a unit is none of UCUM.</summary>
    private static P.Quantity? Said(P.Quantity a, P.Quantity b, int sign)
    {
        if (UnitOf(a) is not { } one || UnitOf(b) is not { } other) return null;
        var unit = one.Times(other, sign);
        return new P.Quantity((sign > 0 ? a.Value * b.Value : a.Value / b.Value) * unit.Factor, unit.Base);
    }

    /// <summary>Less than, equal or more than 0; null where the one cannot be said in the unit of the other.</summary>
    private static int? Compared(P.Quantity a, P.Quantity b)
    {
        if (a.Unit == b.Unit && a.System == b.System) return a.Value.CompareTo(b.Value);
        if (Months(a) is { } one && Months(b) is { } other) return one.CompareTo(other);
        if (UnitOf(a) is not { } first || UnitOf(b) is not { } second || !first.Fits(second)) return null;
        return Math.Round(a.Value * first.Factor / second.Factor, Digits).CompareTo(Math.Round(b.Value, Digits));
    }

    private static decimal? Months(P.Quantity quantity) => quantity.System != P.QuantityUnitSystem.CalendarDuration ? null : quantity.Unit switch { "year" => quantity.Value * 12, "month" => quantity.Value, _ => null };

    /// <summary>The unit of a quantity; null where it is none of UCUM.</summary>
    private static UcumUnit? UnitOf(P.Quantity quantity) =>
        (quantity.System != P.QuantityUnitSystem.CalendarDuration ? quantity.Unit : s_calendar.GetValueOrDefault(quantity.Unit)) is { } unit ? UcumUnit.Of(unit) : null;
}
