using Fhir.Metrics;
using Hl7.FhirPath.Expressions;
using P = Hl7.Fhir.ElementModel.Types;

namespace Yunnao.Services.FhirPath;

/// <summary>
/// Quantities of different units (FHIRPath N1, 6.1.1, 6.2 and 6.6): compared, multiplied and divided in the base units of UCUM. Durations of the calendar
/// that are always as long, from weeks down, are those of UCUM; years and months are only compared with each other.
/// </summary>
internal static class QuantityUnits
{
    private const int Digits = 20;

    private static readonly Lazy<SystemOfUnits> s_ucum = new(UCUM.Load);

    private static readonly Dictionary<string, string> s_calendar = new(StringComparer.Ordinal)
    {
        ["week"] = "wk", ["day"] = "d", ["hour"] = "h", ["minute"] = "min", ["second"] = "s", ["millisecond"] = "ms",
    };

    /// <summary>Adds the operators; what is no quantity on both sides is left to those that are there already.</summary>
    public static void AddTo(SymbolTable symbols)
    {
        symbols.Add("binary.=", (object _, P.Quantity a, P.Quantity b) => Compared(a, b) is { } order ? order == 0 : (bool?)null, doNullProp: true);
        symbols.Add("binary.!=", (object _, P.Quantity a, P.Quantity b) => Compared(a, b) is { } order ? order != 0 : (bool?)null, doNullProp: true);
        symbols.Add("binary.~", (object _, P.Quantity a, P.Quantity b) => Alike(a, b), doNullProp: true);
        symbols.Add("binary.!~", (object _, P.Quantity a, P.Quantity b) => !Alike(a, b), doNullProp: true);
        symbols.Add("binary.<", (object _, P.Quantity a, P.Quantity b) => Compared(a, b) is { } order ? order < 0 : (bool?)null, doNullProp: true);
        symbols.Add("binary.<=", (object _, P.Quantity a, P.Quantity b) => Compared(a, b) is { } order ? order <= 0 : (bool?)null, doNullProp: true);
        symbols.Add("binary.>", (object _, P.Quantity a, P.Quantity b) => Compared(a, b) is { } order ? order > 0 : (bool?)null, doNullProp: true);
        symbols.Add("binary.>=", (object _, P.Quantity a, P.Quantity b) => Compared(a, b) is { } order ? order >= 0 : (bool?)null, doNullProp: true);
        symbols.Add("comparable", (P.Quantity a, P.Quantity b) => Base(a) is { } one && Base(b) is { } other && Same(one, other), doNullProp: true);
    }

    /// <summary>Less than, equal or more than 0; null where the one cannot be said in the unit of the other.</summary>
    private static int? Compared(P.Quantity a, P.Quantity b)
    {
        if (a.Unit == b.Unit && a.System == b.System) return a.Value.CompareTo(b.Value);
        if (Months(a) is { } one && Months(b) is { } other) return one.CompareTo(other);
        return Base(a) is { } first && Base(b) is { } second && Same(first, second) ? Number(first).CompareTo(Number(second)) : null;
    }

    /// <summary>Equal to the digits of the one that has fewer (6.1.2); false where they are of different dimensions.</summary>
    private static bool Alike(P.Quantity a, P.Quantity b)
    {
        if (Compared(a, b) is not { } order) return false;
        if (order == 0 || a.Unit != b.Unit) return order == 0;
        var digits = Math.Min(a.Value.Scale, b.Value.Scale);
        return Math.Round(a.Value, digits, MidpointRounding.AwayFromZero) == Math.Round(b.Value, digits, MidpointRounding.AwayFromZero);
    }

    private static decimal? Months(P.Quantity quantity) => quantity.System != P.QuantityUnitSystem.CalendarDuration ? null : quantity.Unit switch { "year" => quantity.Value * 12, "month" => quantity.Value, _ => null };

    private static bool Same(Quantity a, Quantity b) => a.Metric.Reduced().Equals(b.Metric.Reduced());

    private static decimal Number(Quantity quantity) => Math.Round(quantity.Value.ToDecimal(), Digits);

    /// <summary>A quantity in base units; null where its unit is none of UCUM.</summary>
    private static Quantity? Base(P.Quantity quantity)
    {
        var unit = quantity.System != P.QuantityUnitSystem.CalendarDuration ? quantity.Unit : s_calendar.GetValueOrDefault(quantity.Unit);
        if (unit is null) return null;
        try
        {
            var said = s_ucum.Value.Quantity(Exponential.Exact(quantity.Value), unit == "1" ? "" : unit);
            return unit == "1" ? said : s_ucum.Value.Canonical(said);
        }
        catch (Exception e) when (e is ArgumentException or InvalidCastException or InvalidOperationException or FormatException or OverflowException or KeyNotFoundException)
        {
            return null;
        }
    }
}
