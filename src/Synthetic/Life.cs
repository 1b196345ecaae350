using Yunnao.Synthetic.Care;
using Yunnao.Synthetic.Chance;
using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.People;

namespace Yunnao.Synthetic;

/// <summary>What happens to a resident in the period, in the order of time, and which institutions see it.</summary>
internal sealed class Life
{
    private readonly Town _town;
    private readonly ulong _seed;
    private readonly Rooms _rooms;
    private readonly Choices _choices;
    private readonly PriorityQueue<Action, DateTime> _events = new();
    private readonly Dictionary<Person, (Desk Desk, Registration Mother, bool Caesarean)> _deliveries = [];
    private DateTime _away;
    private bool _gone;

    public Life(Town town, Rooms rooms, Choices choices, ulong seed)
    {
        (_town, _rooms, _choices, _seed) = (town, rooms, choices, seed);
    }

    private Dice Dice => _town.Dice;

    public void Live(Household home)
    {
        _deliveries.Clear();
        foreach (var person in home.Members)
        {
            Dice.Reseed(_seed, (ulong)person.Number, 3);
            _town.Model.GiveConditions(Dice, person);
            _town.Truth.Person(person);
            _choices.Begin(person);
            Plan(person);
            Happen();
            _choices.End();
        }
    }

    private void Happen()
    {
        (_away, _gone) = (DateTime.MinValue, false);
        while (_events.TryDequeue(out var happens, out var time))
        {
            // Who is in hospital does not visit elsewhere, and the dead visit no one.
            if (!_gone && time >= _away && _town.Covers(time)) happens();
        }
    }

    private void At(DateTime time, Action happens) => _events.Enqueue(happens, time);

    private void Plan(Person person)
    {
        foreach (var found in _town.Model.Cases(Dice, person, _town.Outbreaks)) Plan(person, found);
        if (person.Conditions.Count > 0) PlanReturns(person);
        if (person.AgeOn(_town.Model.Start) >= 65 && Dice.Chance(0.6)) PlanCheckUp(person);
        if (person.MonthsOn(_town.Model.End) is >= 0 and < 84) PlanChildhood(person);
        if (person.Home.Members.Find(m => m.BornAt is not null && m.Mother == person) is { } baby) PlanDelivery(person, baby);
        if (person.BornAt is { } born) At(born, () => Born(person));
        if (person.Died is { } died) PlanDeath(person, died);
    }

    private void Plan(Person person, Case found)
    {
        var disease = found.Disease;
        var emergency = Dice.Chance(disease.Emergency);
        var delay = disease.Kind is DiseaseKind.Cancer ? TimeSpan.FromDays(Dice.Between(7, 40))
            : emergency ? TimeSpan.FromHours(Dice.Between(1, 20.0)) : TimeSpan.FromDays(Dice.Between(0.3, 4));
        var time = emergency ? found.Onset + delay : Office(found.Onset + delay);
        var admitted = Dice.Chance(disease.Admit);
        var primary = !emergency && !admitted && Dice.Chance(disease.Primary);
        At(time, () => Consult(person, found, time, emergency, primary, admitted));
    }

    private void Consult(Person person, Case found, DateTime time, bool emergency, bool primary, bool admitted)
    {
        var disease = found.Disease;
        var (desk, patient) = _choices.Choose(person, primary, disease, time);
        var visit = _rooms.Outpatient.See(desk, patient, disease, Choices.Others(person, disease), time, found.Onset, emergency);
        if (disease.Notifiable is not null) _rooms.Registration.Report(visit, found);
        _away = visit.End!.Value;
        if (admitted)
        {
            var urgent = emergency || disease.Kind == DiseaseKind.Acute;
            var start = urgent ? visit.End.Value.AddMinutes(Dice.Between(20, 120)) : Office(time.AddDays(Dice.Between(2, 12.0)));
            At(start, () => Stay(person, desk, patient, disease, start, found.Onset, urgent));
        }
        else if (Dice.Chance(0.22))
        {
            var again = Office(time.AddDays(Dice.Between(3, 8.0)));
            At(again, () => _away = _rooms.Outpatient.See(desk, patient, disease, Choices.Others(person, disease), again, found.Onset, false).End!.Value);
        }
    }

    private void Stay(Person person, Desk desk, Registration patient, Disease disease, DateTime start, DateTime onset, bool emergency, bool fatal = false)
    {
        var stay = _rooms.Inpatient.Admit(desk, patient, disease, Choices.Others(person, disease), start, onset, emergency, disease.Department == "05.02", fatal);
        _away = stay.End.AddHours(1);
        if (stay.Died)
        {
            _gone = true;
            _rooms.Registration.Death(desk, patient, disease, true, stay.End);
        }
        else if (disease.Kind == DiseaseKind.Cancer && disease.Id != "chemotherapy")
        {
            PlanChemotherapy(person, desk, patient, disease, stay.End);
        }
        else if (Dice.Chance(0.5))
        {
            var again = Office(stay.End.AddDays(Dice.Between(7, 21.0)));
            At(again, () => _away = _rooms.Outpatient.See(desk, patient, disease, Choices.Others(person, disease), again, onset, false).End!.Value);
        }
    }

    private void PlanChemotherapy(Person person, Desk desk, Registration patient, Disease cancer, DateTime after)
    {
        var chemotherapy = _town.Model["chemotherapy"];
        person.Conditions.Add(new(cancer, DateOnly.FromDateTime(after)));
        for (var cycle = 1; cycle <= Dice.Between(2, 6); cycle++)
        {
            var start = Office(after.AddDays(21 * cycle));
            At(start, () => Stay(person, desk, patient, chemotherapy, start, start, false));
        }
    }

    /// <summary>Return visits for lasting diseases, and their follow-up by primary care.</summary>
    private void PlanReturns(Person person)
    {
        var years = (_town.Model.End.DayNumber - _town.Model.Start.DayNumber) / 365.25;
        var visits = Dice.Poisson(years * Math.Min(9, 2.4 + 1.3 * person.Conditions.Count));
        for (var i = 0; i < visits; i++)
        {
            var disease = Dice.Pick(person.Conditions).Disease;
            var time = Office(Anywhen());
            var primary = Dice.Chance(disease.Primary);
            At(time, () =>
            {
                var (desk, patient) = _choices.Choose(person, primary, disease, time);
                _away = _rooms.Outpatient.See(desk, patient, disease, Choices.Others(person, disease), time, time, false).End!.Value;
            });
            if (!Dice.Chance(disease.Admit / 2)) continue;
            var start = Office(time.AddDays(1));
            At(start, () =>
            {
                var (desk, patient) = _choices.Choose(person, false, disease, start);
                Stay(person, desk, patient, disease, start, time, false);
            });
        }

        foreach (var condition in person.Conditions)
        {
            if (PublicHealthCare.IsFollowed(condition.Disease) && Dice.Chance(0.65)) PlanFollowUps(person, condition.Disease);
        }
    }

    private void PlanFollowUps(Person person, Disease disease)
    {
        var first = Dice.Below(90);
        var number = 0;
        for (var day = _town.Start.AddDays(first); day < _town.End; day = day.AddDays(80 + Dice.Below(20)))
        {
            var (time, begins) = (Office(day), number++ == 0);
            At(time, () =>
            {
                var (desk, patient) = _choices.Choose(person, true, disease, time);
                var visit = _rooms.PublicHealth.Open(desk, patient, disease, "02", time);
                _rooms.PublicHealth.FollowUp(visit, disease);
                if (begins) PublicHealthCare.Plan(visit, disease);
                _away = visit.End!.Value;
            });
        }
    }

    private void PlanCheckUp(Person person)
    {
        var time = Office(Anywhen());
        At(time, () =>
        {
            var checkup = _town.Model["checkup"];
            var (desk, patient) = _choices.Choose(person, true, checkup, time);
            var visit = _rooms.PublicHealth.Open(desk, patient, checkup, "02", time);
            _rooms.PublicHealth.CheckUp(visit);
            _away = visit.End!.Value;
        });
    }

    /// <summary>Vaccinations and checks at the ages of the national programmes.</summary>
    private void PlanChildhood(Person person)
    {
        var contacts = new SortedDictionary<int, List<(Catalogue.Vaccine Vaccine, int Dose)>>();
        foreach (var month in new[] { 1, 3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72 }) contacts[month] = [];
        foreach (var vaccine in _town.Book.Vaccines)
        {
            for (var dose = 0; dose < vaccine.Months.Length; dose++)
            {
                if (!vaccine.Programme && !Dice.Chance(0.35)) continue;
                if (!contacts.TryGetValue(vaccine.Months[dose], out var list)) contacts.Add(vaccine.Months[dose], list = []);
                list.Add((vaccine, dose + 1));
            }
        }

        foreach (var (month, vaccines) in contacts)
        {
            var time = Office(person.Born.AddMonths(month).ToDateTime(TimeOnly.MinValue).AddDays(month == 0 ? 1 : Dice.Between(2, 20)));
            if (_town.Covers(time) && Dice.Chance(0.94)) At(time, () => Childhood(person, month, vaccines, time));
        }
    }

    private void Childhood(Person person, int month, List<(Catalogue.Vaccine Vaccine, int Dose)> vaccines, DateTime time)
    {
        var check = _town.Model["childcheck"];
        var (desk, patient) = _choices.Choose(person, true, check, time);
        var visit = _rooms.PublicHealth.Open(desk, patient, check, "09", time);
        if (month is 1 or 3 or 6 or 8 or 12 or 18 or 24 or 30 or 36 or 48 or 60 or 72) _rooms.PublicHealth.CheckChild(visit);
        foreach (var (vaccine, dose) in vaccines) _rooms.PublicHealth.Vaccinate(visit, vaccine, dose);
        _away = visit.End!.Value;
    }

    private void PlanDelivery(Person mother, Person baby)
    {
        var born = baby.BornAt!.Value;
        var caesarean = Dice.Chance(0.45);
        var (antenatal, delivery) = (_town.Model["antenatal"], _town.Model[caesarean ? "caesarean" : "delivery"]);
        for (var week = 8; week < 38; week += week < 28 ? 5 : 2)
        {
            var time = Office(born.AddDays(-7 * (39 - week)));
            At(time, () =>
            {
                var (desk, patient) = _choices.Choose(mother, false, antenatal, time);
                _away = _rooms.Outpatient.See(desk, patient, antenatal, [], time, time, false, true).End!.Value;
            });
        }

        var start = born.AddHours(-Dice.Between(4, 14.0));
        if (start < _town.Start) start = born.AddMinutes(-30);
        At(start, () =>
        {
            var (desk, patient) = _choices.Choose(mother, false, delivery, start);
            _deliveries[baby] = (desk, patient, caesarean);
            Stay(mother, desk, patient, delivery, start, start, true);
        });
    }

    private void Born(Person baby)
    {
        if (!_deliveries.TryGetValue(baby, out var delivery)) return;
        var time = baby.BornAt!.Value;
        var patient = _choices.Register(baby, delivery.Desk, time);
        var visit = _rooms.PublicHealth.Open(delivery.Desk, patient, _town.Model["childcheck"], "05.02", time);
        _rooms.Registration.Birth(visit, delivery.Mother, delivery.Caesarean);
    }

    private void PlanDeath(Person person, DateTime died)
    {
        string[] causes = person.AgeOn(died) < 15 ? ["pneumonia"] : ["mi", "stroke", "ich", "lung_cancer", "gastric_cancer", "liver_cancer", "aecopd", "pneumonia", "heart_failure"];
        var cause = _town.Model[Dice.Pick(causes)];
        if (Dice.Chance(0.45))
        {
            var start = died.AddHours(-Dice.Between(8, 200.0));
            At(start, () =>
            {
                var (desk, patient) = _choices.Choose(person, false, cause, start);
                Stay(person, desk, patient, cause, start, start.AddDays(-1), true, true);
            });
        }

        At(died, () =>
        {
            _gone = true;
            var (desk, patient) = _choices.Choose(person, true, cause, died);
            _rooms.Registration.Death(desk, patient, cause, false, died);
        });
    }

    private DateTime Anywhen() => _town.Start.AddMinutes(Dice.Unit() * (_town.End - _town.Start).TotalMinutes);

    /// <summary>The same day in office hours; Sundays become Mondays.</summary>
    private DateTime Office(DateTime time)
    {
        var day = time.Date;
        if (day.DayOfWeek == DayOfWeek.Sunday) day = day.AddDays(1);
        return day.AddMinutes(Dice.Chance(0.65) ? Dice.Between(8 * 60, 11 * 60 + 30) : Dice.Between(13 * 60 + 30, 17 * 60));
    }
}
