namespace Yunnao.Services.Surveillance.Detection;

/// <summary>How <see cref="Cusum"/> turns a count into a residual around the in-control mean m.</summary>
public enum CusumResidual
{
    /// <summary>(y − m) / √m.</summary>
    Standard,

    /// <summary>Rossi's (y − 3m + 2√(my)) / (2√m), nearer to normal for small means (Rossi, Lampugnani, Marchi 1999).</summary>
    Rossi,

    /// <summary>Anscombe's 3/2 (y^(2/3) − m^(2/3)) / m^(1/6).</summary>
    Anscombe,

    /// <summary>y − m, in counts.</summary>
    None,
}
